package io.mmapscope.agent;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Runs the JVM's diagnostic commands, those of {@code jcmd}, in this process. Through the class behind the JDK's
 * {@code DiagnosticCommandMBean}, because the bean itself needs the platform's MBean server, and to start that is the
 * application's business. Loads nothing before the first command. Safe for any thread.
 */
final class DiagnosticCommands {

  private static final String MODULE = "jdk.management";
  private static final String PACKAGE = "com.sun.management.internal";

  private final Instrumentation instrumentation;
  private final BiConsumer<String, Throwable> failures;
  private Object commands;
  private Method execute;
  private boolean opened;

  /** @param failures told where the JVM has such commands and they could not be used */
  DiagnosticCommands(Instrumentation instrumentation, BiConsumer<String, Throwable> failures) {
    this.instrumentation = instrumentation;
    this.failures = failures;
  }

  /**
   * Runs a command.
   *
   * @param command with its arguments, as {@code jcmd} takes it
   * @return what it prints; null where it failed, or this JVM runs without the module {@code jdk.management}
   */
  synchronized String run(String command) {
    try {
      if (!opened) {
        opened = true;
        open();
      }
      return execute == null ? null : (String) execute.invoke(commands, command);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError failure) {
      failures.accept("diagnostic command " + command, failure);
      return null;
    }
  }

  private void open() throws ReflectiveOperationException {
    Optional<Module> management = ModuleLayer.boot().findModule(MODULE);
    if (management.isEmpty()) {
      return;
    }
    Set<Module> agent = Set.of(DiagnosticCommands.class.getModule());
    instrumentation.redefineModule(
        management.get(), Set.of(), Map.of(), Map.of(PACKAGE, agent), Set.of(), Map.of());
    Class.forName(PACKAGE + ".PlatformMBeanProviderImpl", true, null); // loads the commands' native half
    Class<?> type = Class.forName(PACKAGE + ".DiagnosticCommandImpl", true, null);
    Method instance = type.getDeclaredMethod("getDiagnosticCommandMBean");
    Method command = type.getDeclaredMethod("executeDiagnosticCommand", String.class);
    instance.setAccessible(true);
    command.setAccessible(true);
    commands = instance.invoke(null);
    execute = command;
  }
}
