package io.mmapscope.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What {@code run.sh} was asked for, and where things are.
 *
 * @param quick fewer pairs, for a first look
 * @param jdk the measured JVMs' home
 * @param agent the agent's jar
 * @param tools directory of the compiled C programs
 * @param classes class path of the measured programs
 * @param segments directory with the class {@code ArenaMapping}, or null where this JDK has no mapped segments
 * @param work a directory of its own for files
 * @param only names of the benchmarks to run; empty for all
 */
record Options(
    boolean quick,
    Path jdk,
    Path agent,
    Path tools,
    String classes,
    Path segments,
    Path work,
    Set<String> only) {

  private static final String ONLY = "--only=";

  /** @throws IllegalArgumentException naming the argument that is wrong */
  static Options of(String[] arguments) {
    boolean quick = false;
    Set<String> only = Set.of();
    List<Path> places = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.equals("--quick")) {
        quick = true;
      } else if (argument.startsWith(ONLY)) {
        only = Set.of(argument.substring(ONLY.length()).split(","));
      } else if (argument.startsWith("-")) {
        throw new IllegalArgumentException("unknown option " + argument);
      } else {
        places.add(Path.of(argument).toAbsolutePath());
      }
    }
    if (places.size() != 5) {
      throw new IllegalArgumentException("usage: [--quick] [--only=NAME,...] JDK AGENT_JAR TOOLS SEGMENT_CLASSES WORK");
    }
    Path segments = places.get(3);
    boolean hasSegments = Files.exists(segments.resolve("io/mmapscope/benchmarks/program/ArenaMapping.class"));
    return new Options(
        quick,
        places.get(0),
        places.get(1),
        places.get(2),
        System.getProperty("java.class.path"),
        hasSegments ? segments : null,
        places.get(4),
        only);
  }

  /** Where the program that uses OpenTelemetry is, and in the same directory OpenTelemetry's jars. */
  Path contextClasses() {
    return tools.resolve("contexts");
  }

  /** Whether it is there. */
  boolean contexts() {
    return Files.exists(contextClasses().resolve("io/mmapscope/benchmarks/program/ContextLoop.class"));
  }

  /** async-profiler's library, or null where there is none. */
  Path profiler() {
    Path library = tools.resolve("libasyncProfiler.so");
    return Files.exists(library) ? library : null;
  }

  /** The file that is mapped, 64 KiB. */
  Path file() {
    return work.resolve("mapped.bin");
  }
}
