package io.mmapscope.agent.cli;

import io.mmapscope.agent.control.Exchange;
import picocli.CommandLine.Command;

@Command(
    name = "detach",
    description = "Has the agent leave a JVM, and take everything along that it brought.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:it has left", "1:it has not, or was not there"})
final class DetachCommand extends TargetCommand {

  DetachCommand(Target target) {
    super(target);
  }

  @Override
  String request() {
    return Exchange.DETACH;
  }

  @Override
  String argument() {
    return "";
  }
}
