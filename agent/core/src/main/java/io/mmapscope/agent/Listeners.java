package io.mmapscope.agent;

import io.mmapscope.agent.pipeline.Accounts;
import io.mmapscope.agent.pipeline.Pipeline;
import io.mmapscope.agent.spi.AgentView;
import io.mmapscope.agent.spi.Listener;
import io.mmapscope.agent.spi.ListenerProvider;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Finds the exporters, and closes them within a time. */
final class Listeners {

  private final Pipeline pipeline;
  private final AgentView view;
  private final Accounts accounts;
  private final List<Listener> created = new CopyOnWriteArrayList<>();
  private final CountDownLatch complete = new CountDownLatch(1);

  Listeners(Pipeline pipeline, AgentView view, Accounts accounts) {
    this.pipeline = pipeline;
    this.view = view;
    this.accounts = accounts;
  }

  /** Creates them, and gives them to the pipeline. */
  void create() {
    try {
      for (ListenerProvider provider : ServiceLoader.load(ListenerProvider.class, getClass().getClassLoader())) {
        create(provider);
      }
    } catch (Throwable failure) {
      accounts.failure("exporter", failure);
    } finally {
      pipeline.start(created);
      complete.countDown();
    }
  }

  private void create(ListenerProvider provider) {
    try {
      Listener listener = provider.create(view);
      created.add(listener);
    } catch (Throwable failure) {
      accounts.failure("exporter " + provider.getClass().getSimpleName(), failure);
    }
  }

  /** Waits until they are there; false where they were not in time. */
  boolean await(Duration timeout) {
    try {
      return complete.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void close(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (Listener listener : created) {
      try {
        listener.close(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      } catch (Throwable failure) {
        accounts.failure("exporter close", failure);
      }
    }
  }
}
