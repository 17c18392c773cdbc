package io.mmapscope.agent.cli;

import io.mmapscope.agent.control.Exchange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "attach",
    description = "Starts the agent in a running JVM of the same user.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:the agent runs in it", "1:it does not, or did before"})
final class AttachCommand extends TargetCommand {

  @Parameters(index = "1..*", paramLabel = "key=value", description = "Settings, as for -javaagent.")
  private List<String> settings = List.of();

  AttachCommand(Target target) {
    super(target);
  }

  @Override
  String request() {
    return Exchange.ATTACH;
  }

  @Override
  String argument() {
    return String.join(";", settings);
  }
}
