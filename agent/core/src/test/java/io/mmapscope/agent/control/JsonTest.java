package io.mmapscope.agent.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

  @Test
  void writesNestedValues() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a", List.of(1, 2L));
    map.put("b", null);
    map.put("c", Map.of("d", true));
    assertThat(Json.write(map))
        .isEqualTo("{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": null,\n  \"c\": {\n    \"d\": true\n  }\n}");
  }

  @Test
  void escapesWhatJsonForbids() {
    assertThat(Json.write("q\" b\\ \n\r\t \u0001 é 😀")).isEqualTo("\"q\\\" b\\\\ \\n\\r\\t \\u0001 é 😀\"");
    assertThat(Json.write("\ud83d")).isEqualTo("\"\\ud83d\"");
    assertThat(Json.write("\ude00x")).isEqualTo("\"\\ude00x\"");
  }

  @Test
  void writesEmptyCollections() {
    assertThat(Json.write(Arrays.asList(Map.of(), List.of()))).isEqualTo("[\n  {},\n  []\n]");
  }

  @Test
  void writesNumbers() {
    assertThat(Json.write(List.of(1, -2L, 1.5))).isEqualTo("[\n  1,\n  -2,\n  1.5\n]");
  }

  @Test
  void refusesOtherTypes() {
    assertThatThrownBy(() -> Json.write(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Double");
    assertThatThrownBy(() -> Json.write(new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Object");
  }
}
