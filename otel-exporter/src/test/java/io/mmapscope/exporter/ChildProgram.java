package io.mmapscope.exporter;

import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.spi.Listener;
import io.mmapscope.agent.spi.ListenerProvider;
import java.time.Duration;
import java.util.ServiceLoader;

/**
 * A JVM of its own in which nothing but the exporter runs, found as the agent finds it. Its argument is the agent's;
 * where to send is in its environment.
 */
public final class ChildProgram {

  private ChildProgram() {}

  public static void main(String[] args) throws Exception {
    FakeAgent agent = new FakeAgent(args[0]);
    long start = System.nanoTime();
    Listener listener = ServiceLoader.load(ListenerProvider.class).findFirst().orElseThrow().create(agent);
    long created = System.nanoTime();
    listener.operation(Samples.map(Samples.SAMPLED, 5));
    listener.operation(Samples.bare("Db.open", 2_000_000, Samples.OPEN, "ENOMEM"));
    listener.kernelEvent(Samples.event(Samples.mmap(), Owner.JVM));
    listener.slowFault(FaultSamples.sigbus(Samples.SAMPLED));
    listener.stall(FaultSamples.stall());
    listener.pageFault(FaultSamples.CFS, true, false, 50_000_000, Samples.SAMPLED);
    listener.close(Duration.ofSeconds(5));
    long closed = System.nanoTime();
    long creating = (created - start) / 1_000_000;
    long closing = (closed - created) / 1_000_000;
    System.out.println("created " + creating + " ms, closed " + closing + " ms");
    System.out.println("failures " + agent.failures.keySet());
    System.out.println("unattributed " + agent.unattributed);
  }
}
