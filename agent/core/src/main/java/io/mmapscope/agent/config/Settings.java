package io.mmapscope.agent.config;

import java.time.Duration;
import java.util.List;

/**
 * The agent's configuration, complete and valid. Immutable.
 *
 * @param enabled whether the agent does anything at all
 * @param tracesExporter {@code otlp}, {@code zipkin}, {@code console} or {@code none}
 * @param metricsExporters any of {@code otlp}, {@code prometheus}, {@code console}; empty for none
 * @param spanMinDuration an operation that is no part of a sampled trace becomes a span from this long on
 * @param faultMinDuration a page fault becomes a span from this long on
 * @param stackDepth frames kept for a call site; 0 keeps the call site only
 * @param operations methods of libraries that map through native code
 * @param queueSize operations that may wait for the agent's thread
 * @param callsitesMax distinct call sites kept as metric tags
 * @param filePaths what of a file's path leaves the process
 * @param kernelOff true where the kernel part is switched off
 */
public record Settings(
    boolean enabled,
    String tracesExporter,
    List<String> metricsExporters,
    Duration spanMinDuration,
    Duration faultMinDuration,
    int stackDepth,
    List<OperationPattern> operations,
    int queueSize,
    int callsitesMax,
    FilePaths filePaths,
    boolean kernelOff) {

  /** What of a file's path leaves the process. */
  public enum FilePaths {
    FULL,
    NAME,
    HASH,
    NONE
  }

  /**
   * A method, or methods, of a library.
   *
   * @param className fully qualified
   * @param methodPattern a method name in which {@code *} stands for any characters
   */
  public record OperationPattern(String className, String methodPattern) {}
}
