package io.mmapscope.agent.cli;

import io.mmapscope.agent.control.Exchange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "mappings",
    description = "Shows the live mappings of a JVM that runs the agent, and who made them.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:shown", "1:the JVM runs no agent, or cannot be asked"})
final class MappingsCommand extends TargetCommand {

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  MappingsCommand(Target target) {
    super(target);
  }

  @Override
  String request() {
    return Exchange.MAPPINGS;
  }

  @Override
  String argument() {
    return json ? Exchange.JSON : "";
  }
}
