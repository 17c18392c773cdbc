package io.mmapscope.agent.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.config.Settings.OperationPattern;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibraryMethodsTest {

  @ParameterizedTest
  @CsvSource({
    "remap*, remap, true",
    "remap*, remapFilePages, true",
    "*, anything, true",
    "o*x, open, false",
    "o*n, option, true",
    "open, open, true",
    "open, opens, false",
    "*map*, remapped, true",
    "*map*, open, false"
  })
  void matchesNamesByPattern(String pattern, String method, boolean matches) {
    LibraryMethods methods = new LibraryMethods(List.of(new OperationPattern("com.acme.Native", pattern)));
    assertThat(methods.matches("com.acme.Native", method)).isEqualTo(matches);
    assertThat(methods.matches("com.acme.Other", method)).isFalse();
  }

  @Test
  void numbersMethodsForTheirSpans() {
    LibraryMethods methods = new LibraryMethods(List.of(new OperationPattern("com.acme.Native", "*")));
    int open = methods.number("com.acme.Native", "open");
    int close = methods.number("com.acme.Native", "close");
    assertThat(methods.number("com.acme.Native", "open")).isEqualTo(open).isNotEqualTo(close);
    assertThat(methods.name(open)).isEqualTo("Native.open");
    assertThat(methods.name(close)).isEqualTo("Native.close");
    assertThat(methods.name(99)).isEqualTo("unknown");
  }
}
