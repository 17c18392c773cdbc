package io.mmapscope.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.Seeds;
import io.mmapscope.agent.config.Settings.FilePaths;
import io.mmapscope.agent.config.Settings.OperationPattern;
import io.mmapscope.agent.config.SettingsLoader.Loaded;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SettingsLoaderTest {

  private static final Settings DEFAULTS =
      new Settings(
          true,
          "otlp",
          List.of("otlp"),
          Duration.ofMillis(1),
          Duration.ofMillis(1),
          16,
          List.of(),
          65536,
          200,
          FilePaths.FULL,
          false);

  private static final List<String> PIECES =
      List.of(
          ";", "=", ",", "#", ".", "*", " ", "\n", "\r", "\t", "\0", "-", "0", "9", "99999999999", "ms", "s", "true",
          "otlp", "none", "kernel", "queue.size", "operations", "com.acme.Db", "\ud83d\ude00", "\u2028", "\u0085");

  private static Loaded argument(String argument) {
    return SettingsLoader.load(argument, Map.of(), Map.of());
  }

  @Test
  void nothingGivenIsAllDefaults() {
    assertThat(argument(null)).isEqualTo(new Loaded(DEFAULTS, List.of()));
    assertThat(argument("")).isEqualTo(new Loaded(DEFAULTS, List.of()));
    assertThat(argument(" ; ;")).isEqualTo(new Loaded(DEFAULTS, List.of()));
  }

  @Test
  void eachSettingIsReadFromTheArgument() {
    Loaded loaded =
        argument(
            "enabled=false;traces.exporter=zipkin;metrics.exporter=otlp, prometheus;span.min-duration=250us;"
                + "fault.min-duration=2s;stack.depth=0;operations=com.acme.Native#open,com.acme.Db#remap*;"
                + "queue.size=7;callsites.max=9;file.paths=hash;kernel=off");
    assertThat(loaded.complaints()).isEmpty();
    assertThat(loaded.settings())
        .isEqualTo(
            new Settings(
                false,
                "zipkin",
                List.of("otlp", "prometheus"),
                Duration.ofNanos(250_000),
                Duration.ofSeconds(2),
                0,
                List.of(new OperationPattern("com.acme.Native", "open"), new OperationPattern("com.acme.Db", "remap*")),
                7,
                9,
                FilePaths.HASH,
                true));
  }

  @Test
  void argumentComesBeforePropertyBeforeEnvironment() {
    Map<String, String> environment =
        Map.of("MMAPSCOPE_STACK_DEPTH", "1", "MMAPSCOPE_QUEUE_SIZE", "1", "MMAPSCOPE_CALLSITES_MAX", "1");
    Map<String, String> properties = Map.of("mmapscope.queue.size", "2", "mmapscope.callsites.max", "2");
    Loaded loaded = SettingsLoader.load("callsites.max=3", properties, environment);
    assertThat(loaded.complaints()).isEmpty();
    assertThat(loaded.settings().stackDepth()).isEqualTo(1);
    assertThat(loaded.settings().queueSize()).isEqualTo(2);
    assertThat(loaded.settings().callsitesMax()).isEqualTo(3);
  }

  @Test
  void dashesBecomeUnderscoresInTheEnvironment() {
    Loaded loaded = SettingsLoader.load(null, Map.of(), Map.of("MMAPSCOPE_SPAN_MIN_DURATION", "0ms"));
    assertThat(loaded).isEqualTo(new Loaded(loaded.settings(), List.of()));
    assertThat(loaded.settings().spanMinDuration()).isZero();
  }

  @Test
  void openTelemetrysVariablesComeBeforeTheDefault() {
    Map<String, String> environment = Map.of("OTEL_TRACES_EXPORTER", "zipkin", "OTEL_METRICS_EXPORTER", "none");
    Settings fromEnvironment = SettingsLoader.load(null, Map.of(), environment).settings();
    assertThat(fromEnvironment.tracesExporter()).isEqualTo("zipkin");
    assertThat(fromEnvironment.metricsExporters()).isEmpty();

    Map<String, String> properties = Map.of("otel.traces.exporter", "console");
    assertThat(SettingsLoader.load(null, properties, environment).settings().tracesExporter()).isEqualTo("console");
    assertThat(SettingsLoader.load("traces.exporter=none", properties, environment).settings().tracesExporter())
        .isEqualTo("none");
  }

  @Test
  void sharedVariableWithAnExporterOfOthersIsComplainedOfOnce() {
    Loaded jaeger = SettingsLoader.load(null, Map.of(), Map.of("OTEL_TRACES_EXPORTER", "jaeger"));
    assertThat(jaeger.settings()).isEqualTo(DEFAULTS);
    assertThat(jaeger.complaints())
        .containsExactly(
            "environment variable OTEL_TRACES_EXPORTER=jaeger is none of otlp, zipkin, console, none;"
                + " nearest is \"none\"; using otlp");

    Loaded list = SettingsLoader.load(null, Map.of("otel.metrics.exporter", "logging-otlp,prometheus"), Map.of());
    assertThat(list.settings().metricsExporters()).containsExactly("prometheus");
    assertThat(list.complaints())
        .containsExactly(
            "system property otel.metrics.exporter=logging-otlp,prometheus has \"logging-otlp\", which is none of"
                + " otlp, prometheus, console, none; nearest is \"otlp\"; using prometheus");
  }

  @Test
  void severalSharedTraceExportersLeaveTheFirst() {
    Loaded loaded = SettingsLoader.load(null, Map.of(), Map.of("OTEL_TRACES_EXPORTER", "zipkin,console"));
    assertThat(loaded.settings().tracesExporter()).isEqualTo("zipkin");
    assertThat(loaded.complaints()).hasSize(1).first().asString().endsWith("spans go to one: using \"zipkin\"");
  }

  @Test
  void unknownKeysAreNamedWithTheNearest() {
    Loaded loaded =
        SettingsLoader.load(
            "stackdepth=3",
            Map.of("mmapscope.span.min-duraton", "1s", "mmap.other", "x"),
            Map.of("MMAPSCOPE_QUEUESIZE", "5", "HOME", "/"));
    assertThat(loaded.settings()).isEqualTo(DEFAULTS);
    assertThat(loaded.complaints())
        .containsExactly(
            "unknown environment variable \"MMAPSCOPE_QUEUESIZE=5\", ignored; nearest is \"MMAPSCOPE_QUEUE_SIZE\""
                + " (default \"65536\")",
            "unknown system property \"mmapscope.span.min-duraton=1s\", ignored; nearest is"
                + " \"mmapscope.span.min-duration\" (default \"1ms\")",
            "unknown agent argument \"stackdepth=3\", ignored; nearest is \"stack.depth\" (default \"16\")");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "enabled=ture       | enabled=ture is none of true, false; nearest is \"true\"; using true",
        "kernel=of          | kernel=of is none of auto, off; nearest is \"off\"; using auto",
        "traces.exporter=zip| traces.exporter=zip is none of otlp, zipkin, console, none; nearest is \"zipkin\"; using otlp",
        "span.min-duration=5| span.min-duration=5 is no duration (a whole number and ns, us, ms, s or m); nearest is \"5ms\"; using 1ms",
        "fault.min-duration=soon| fault.min-duration=soon is no duration (a whole number and ns, us, ms, s or m); nearest is \"1ms\"; using 1ms",
        "stack.depth=-1     | stack.depth=-1 is no whole number from 0 to 1024; nearest is \"0\"; using 16",
        "queue.size=many    | queue.size=many is no whole number from 1 to 16777216; nearest is \"65536\"; using 65536",
        "queue.size=99999999999999999999 | queue.size=99999999999999999999 is no whole number from 1 to 16777216; nearest is \"16777216\"; using 65536",
        "metrics.exporter=none,otlp | metrics.exporter=none,otlp \"none\" goes with no other; using otlp",
        "operations=com.acme.Db.open | operations=com.acme.Db.open has \"com.acme.Db.open\", which is no package.Class#method; nearest is \"com.acme.Db#open\"; left out",
      })
  void badValuesAreNamedWithTheNearestAndTheDefaultIsUsed(String argument, String complaint) {
    Loaded loaded = argument(argument);
    assertThat(loaded.settings()).isEqualTo(DEFAULTS);
    assertThat(loaded.complaints()).containsExactly("agent argument " + complaint);
  }

  @ParameterizedTest
  @EnumSource
  void eachChoiceOfFilePathsIsItsConstant(FilePaths paths) {
    assertThat(argument("file.paths=" + paths.name().toLowerCase(Locale.ROOT)).settings().filePaths())
        .isEqualTo(paths);
  }

  @Test
  void badOperationLeavesTheOthers() {
    Loaded loaded = argument("operations=com.acme.A#b,nonsense,com.acme.C#*");
    assertThat(loaded.settings().operations())
        .containsExactly(new OperationPattern("com.acme.A", "b"), new OperationPattern("com.acme.C", "*"));
    assertThat(loaded.complaints()).hasSize(1);
  }

  @Test
  void commasBetweenSettingsAreExplained() {
    Loaded loaded = argument("span.min-duration=0ms,kernel=off");
    assertThat(loaded.settings()).isEqualTo(DEFAULTS);
    assertThat(loaded.complaints()).hasSize(1).first().asString().endsWith("(settings are separated by semicolons)");
  }

  @Test
  void keyWithoutValueIsComplainedOf() {
    assertThat(argument("kernel").complaints())
        .containsExactly("agent argument \"kernel\" has no value, ignored; write kernel=auto for the default");
  }

  @Test
  void anyInputGivesSettingsAndOneLineComplaints() {
    Seeds.each(
        2000,
        random -> {
          SettingKey key = SettingKey.values()[random.nextInt(SettingKey.values().length)];
          Place place = Place.values()[random.nextInt(Place.values().length)];
          loadAnything(text(random), text(random), key, place);
        });
  }

  private static void loadAnything(String argument, String value, SettingKey key, Place place) {
    String own = place == Place.ARGUMENT ? key.key() + "=" + value + ";" + argument : argument;
    Map<String, String> properties = place == Place.PROPERTY ? Map.of(key.property(), value) : Map.of();
    Map<String, String> environment = place == Place.VARIABLE ? Map.of(key.variable(), value) : Map.of();
    Loaded loaded = SettingsLoader.load(own, properties, environment);
    assertThat(loaded.settings().tracesExporter()).isIn(SettingKey.TRACES_EXPORTER.choices());
    assertThat(loaded.settings().queueSize()).isPositive();
    assertThat(loaded.complaints()).allSatisfy(line -> assertThat(line.lines().count()).isEqualTo(1));
  }

  /** Up to 20 pieces: what settings are made of, and characters of every kind, halves of surrogate pairs included. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(20); i > 0; i--) {
      int piece = random.nextInt(3 * PIECES.size());
      if (piece < PIECES.size()) {
        text.append(PIECES.get(piece));
      } else {
        text.append((char) random.nextInt(piece < 2 * PIECES.size() ? 0x80 : 0x10000));
      }
    }
    return text.toString();
  }
}
