package io.mmapscope.agent.control;

import io.mmapscope.agent.model.Mapping;
import java.io.IOException;
import java.util.Collection;

/**
 * The live mappings at a moment, as the command {@code mappings} shows them. Immutable.
 *
 * @param pid of this JVM, in its own PID namespace
 * @param version the agent's
 * @param kernelEvents whether the kernel's events are seen; without them only what operations made has a creator
 * @param mappings by address
 * @param nanos {@link System#nanoTime()} of the moment
 * @param kernelMappings what counts against {@code vm.max_map_count}, or -1
 * @param limit {@code vm.max_map_count}, or -1
 */
public record MappingList(
    long pid,
    String version,
    boolean kernelEvents,
    Collection<Mapping> mappings,
    long nanos,
    long kernelMappings,
    long limit) {

  /** Writes it for people. */
  public void writeTable(Appendable out) throws IOException {
    MappingTable.write(this, out);
  }

  /** Writes it as one JSON object. */
  public void writeJson(Appendable out) throws IOException {
    MappingJson.write(this, out);
    out.append('\n');
  }

  /** Older than the agent, so that nobody knows who made it. */
  static boolean beforeAgent(Mapping mapping) {
    return mapping.creator().nanos() == 0;
  }
}
