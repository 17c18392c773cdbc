package io.mmapscope.agent.cli;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.mmapscope.agent.control.Exchange;
import java.io.IOException;
import java.nio.file.Path;

/** A JVM reached by the JDK's attach API, which has it load the agent's jar. */
final class AttachedTarget implements Target {

  private final Path jar;

  /** @param jar the agent's, absolute */
  AttachedTarget(Path jar) {
    this.jar = jar;
  }

  @Override
  public String ask(long pid, String request, String argument) throws TargetException {
    TargetProcess process = new TargetProcess(pid, Path.of("/proc/" + pid));
    process.check(new TargetProcess(ProcessHandle.current().pid(), Path.of("/proc/self")).user());
    try (Rendezvous rendezvous = Rendezvous.open(process, jar)) {
      Loading loading = loading(pid, rendezvous);
      loading.start();
      String answer = rendezvous.exchange(request + "\n" + argument);
      loading.join();
      if (answer == null) {
        throw loading.failure == null
            ? new TargetException("the JVM " + pid + " loaded the agent, which did not answer; its stderr says why")
            : loading.failure;
      }
      return granted(answer);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new TargetException("interrupted", interrupted);
    }
  }

  private static Loading loading(long pid, Rendezvous rendezvous) throws TargetException {
    try {
      return new Loading(pid, rendezvous);
    } catch (LinkageError absent) {
      throw new TargetException(
          "this Java runtime (" + System.getProperty("java.home") + ") has no module jdk.attach:"
              + " run the command with the java of a JDK",
          absent);
    }
  }

  private static String granted(String answer) throws TargetException {
    int end = answer.indexOf('\n');
    String text = answer.substring(end + 1);
    if (end < 0 || !answer.substring(0, end).equals(Exchange.OK)) {
      throw new TargetException(text.stripTrailing());
    }
    return text;
  }

  /** The JVM answers this call only when the agent has: so it waits on a thread of its own. */
  private static final class Loading extends Thread {

    private final long pid;
    private final Rendezvous rendezvous;
    private TargetException failure;

    Loading(long pid, Rendezvous rendezvous) {
      super("attach");
      this.pid = pid;
      this.rendezvous = rendezvous;
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
        try {
          machine.loadAgent(rendezvous.jar(), Exchange.ARGUMENT + rendezvous.socket());
        } finally {
          machine.detach();
        }
      } catch (AttachNotSupportedException | IOException refused) {
        failure = new TargetException("the JVM " + pid + " does not take part: " + refused.getMessage(), refused);
      } catch (AgentLoadException | AgentInitializationException refused) {
        failure = new TargetException("the JVM " + pid + " does not load the agent: " + refused.getMessage(), refused);
      } finally {
        rendezvous.giveUp();
      }
    }
  }
}
