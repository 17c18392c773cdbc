package io.mmapscope.agent.config;

import io.mmapscope.agent.config.Settings.FilePaths;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the configuration: of each setting the agent's argument ({@code key=value;key=value}; the last of a repeated
 * key counts), else the system property {@code mmapscope.key}, else the environment variable {@code MMAPSCOPE_KEY},
 * else, for the exporters, OpenTelemetry's own variable, else the default. Durations are whole numbers with a unit:
 * {@code 0ms}, {@code 250us}, {@code 2s} ({@code ns}, {@code us}, {@code ms}, {@code s}, {@code m}).
 *
 * <p>Never throws: what is not understood is complained of and the default used. Runs before every {@code main}, so it
 * keeps to plain loops: lambdas, regular expressions and {@code String.format} cost tens of milliseconds there.
 */
public final class SettingsLoader {

  private static final int STACK_DEPTH_MOST = 1024;
  private static final int QUEUE_SIZE_MOST = 1 << 24;
  private static final int CALLSITES_MOST = 100_000;

  private final Source source;
  private final ValueReader reader;

  private SettingsLoader(Source source, List<String> complaints) {
    this.source = source;
    this.reader = new ValueReader(complaints);
  }

  /**
   * The settings and what was wrong with the input.
   *
   * @param settings complete and valid
   * @param complaints one line each, without a prefix: what was written, what is nearest to it, what is used instead
   */
  public record Loaded(Settings settings, List<String> complaints) {}

  /**
   * Loads the settings.
   *
   * @param agentArgument what follows the {@code =} of {@code -javaagent}, or null
   * @param systemProperties e.g. {@link System#getProperties()}
   * @param environment e.g. {@link System#getenv()}
   */
  public static Loaded load(String agentArgument, Map<?, ?> systemProperties, Map<String, String> environment) {
    List<String> complaints = new ArrayList<>();
    Source source = new Source(agentArgument, systemProperties, environment, complaints);
    Settings settings = new SettingsLoader(source, complaints).settings();
    return new Loaded(settings, List.copyOf(complaints));
  }

  private Settings settings() {
    return new Settings(
        choice(SettingKey.ENABLED).equals("true"),
        tracesExporter(),
        metricsExporters(),
        duration(SettingKey.SPAN_MIN_DURATION),
        duration(SettingKey.FAULT_MIN_DURATION),
        number(SettingKey.STACK_DEPTH, 0, STACK_DEPTH_MOST),
        operations(),
        number(SettingKey.QUEUE_SIZE, 1, QUEUE_SIZE_MOST),
        number(SettingKey.CALLSITES_MAX, 0, CALLSITES_MOST),
        filePaths(),
        choice(SettingKey.KERNEL).equals("off"));
  }

  private String choice(SettingKey key) {
    Source.Given given = source.own(key);
    String read = given == null ? null : reader.choice(key, given, key.defaultValue());
    return read == null ? key.defaultValue() : read;
  }

  private Duration duration(SettingKey key) {
    Source.Given given = source.own(key);
    Duration read = given == null ? null : reader.duration(key, given);
    return read == null ? DurationText.parse(key.defaultValue()) : read;
  }

  private int number(SettingKey key, int least, int most) {
    Source.Given given = source.own(key);
    Integer read = given == null ? null : reader.number(key, given, least, most);
    return read == null ? Integer.parseInt(key.defaultValue()) : read;
  }

  private List<Settings.OperationPattern> operations() {
    Source.Given given = source.own(SettingKey.OPERATIONS);
    return given == null ? List.of() : OperationPatterns.parse(given, reader);
  }

  /** Not {@link Enum#valueOf}, which starts reflection. The choices are in the order of the constants. */
  private FilePaths filePaths() {
    return FilePaths.values()[SettingKey.FILE_PATHS.choices().indexOf(choice(SettingKey.FILE_PATHS))];
  }

  private String tracesExporter() {
    SettingKey key = SettingKey.TRACES_EXPORTER;
    Source.Given own = source.own(key);
    Source.Given shared = source.shared(key);
    if (own != null) {
      String read = reader.choice(key, own, shared == null ? key.defaultValue() : shared.name());
      if (read != null) {
        return read;
      }
    }
    List<String> read = shared == null ? List.of() : reader.sharedChoices(key, shared);
    if (read.size() > 1) {
      reader.complain(shared, Text.of("names several, spans go to one: using \"", read.get(0), "\""));
    }
    return read.isEmpty() ? key.defaultValue() : read.get(0);
  }

  private List<String> metricsExporters() {
    SettingKey key = SettingKey.METRICS_EXPORTER;
    Source.Given own = source.own(key);
    Source.Given shared = source.shared(key);
    List<String> read =
        own == null ? List.of() : reader.choices(key, own, shared == null ? key.defaultValue() : shared.name());
    if (read.isEmpty() && shared != null) {
      read = reader.sharedChoices(key, shared);
    }
    if (read.isEmpty()) {
      return List.of(key.defaultValue());
    }
    return read.contains("none") ? List.of() : List.copyOf(read);
  }
}
