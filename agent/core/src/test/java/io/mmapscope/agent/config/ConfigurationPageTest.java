package io.mmapscope.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table in {@code docs/configuration.md} is the table in {@link SettingKey}. */
class ConfigurationPageTest {

  /** Tests run with the module's directory as the working directory. */
  private static final Path PAGE = Path.of("../../docs/configuration.md");

  @Test
  void pageListsEachSettingAsDeclared() throws IOException {
    List<String> rows = new ArrayList<>();
    for (SettingKey key : SettingKey.values()) {
      String fallback = key.defaultValue().isEmpty() ? "" : "`" + key.defaultValue() + "`";
      String shared = key.sharedVariable() == null ? "" : "`" + key.sharedVariable() + "`, else ";
      rows.add("| `" + key.key() + "` | " + shared + fallback + " | " + key.meaning() + " |");
    }
    List<String> listed =
        Files.readAllLines(PAGE).stream().filter(line -> line.matches("\\| `[a-z.-]+` \\|.*")).toList();
    assertThat(listed).containsExactlyElementsOf(rows);
  }
}
