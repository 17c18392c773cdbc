package io.mmapscope.agent.spi;

/** Found with {@link java.util.ServiceLoader} in the agent's class loader. */
public interface ListenerProvider {

  /**
   * Makes the listener. Called once, on the agent's thread, after {@code main} may have begun: it may take its time.
   *
   * @throws Exception where it cannot: reported once on stderr, the agent goes on without it
   */
  Listener create(AgentView view) throws Exception;
}
