package io.mmapscope.agent;

import io.mmapscope.agent.config.BuildInfo;
import io.mmapscope.agent.control.Exchange;
import io.mmapscope.agent.control.MappingList;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.List;

/** Serves the commands of {@code java -jar mmapscope.jar} that are about this JVM. */
final class Control {

  private static final String ABSENT =
      "no agent runs in this JVM; to have it come: java -jar mmapscope.jar attach " + ProcessHandle.current().pid();

  private Control() {}

  /** Serves the one request that waits at a socket. */
  static void serve(String socket, Instrumentation instrumentation) throws IOException {
    try (Exchange exchange = Exchange.accept(socket)) {
      try {
        serve(exchange, instrumentation);
      } catch (Throwable failure) {
        exchange.error(exchange.name() + " failed: " + failure);
      }
    }
  }

  private static void serve(Exchange exchange, Instrumentation instrumentation) throws Exception {
    switch (exchange.name()) {
      case Exchange.ATTACH -> attach(exchange, instrumentation);
      case Exchange.DETACH -> detach(exchange);
      case Exchange.MAPPINGS -> mappings(exchange);
      default -> exchange.error(agent() + " in this JVM knows no request \"" + exchange.name() + "\"");
    }
  }

  private static void attach(Exchange exchange, Instrumentation instrumentation) throws IOException {
    if (Agent.running() != null) {
      exchange.error(agent() + " runs in this JVM already; to change its settings, detach it first");
      return;
    }
    List<String> said = Agent.begin(exchange.argument(), instrumentation);
    if (Agent.running() == null) {
      exchange.error(String.join("\n", said) + (said.isEmpty() ? "" : "\n") + "not started: enabled=false");
      return;
    }
    exchange.ok().append(String.join("\n", said)).append('\n');
  }

  private static void detach(Exchange exchange) throws Exception {
    if (Agent.running() == null) {
      exchange.error(ABSENT);
      return;
    }
    List<String> left = Agent.stop();
    Appendable out = exchange.ok().append(agent()).append(" has left\n");
    if (!left.isEmpty()) {
      out.append("still waiting for an answer from outside, for some seconds more: ").append(String.join(", ", left));
      out.append('\n');
    }
  }

  private static void mappings(Exchange exchange) throws IOException {
    Running running = Agent.running();
    if (running == null) {
      exchange.error(ABSENT);
      return;
    }
    MappingList list = running.mappings().get();
    if (exchange.argument().equals(Exchange.JSON)) {
      list.writeJson(exchange.ok());
    } else {
      list.writeTable(exchange.ok());
    }
  }

  private static String agent() {
    return "mmapscope " + BuildInfo.load().version();
  }
}
