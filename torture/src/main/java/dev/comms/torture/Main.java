package dev.comms.torture;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The program behind {@code ./comms torture} and {@code ./comms check}. */
@Command(
    name = "comms",
    mixinStandardHelpOptions = true,
    subcommands = {TortureCommand.class, CheckCommand.class},
    description = "Proofs on real brokers. Begin with: ./comms torture grpc")
public final class Main {
  static final int RED = 1;
  static final int CANNOT = 2;

  private Main() {}

  /** Runs a command; its exit code is the process's. */
  public static void main(String[] arguments) {
    System.exit(commands().execute(arguments));
  }

  static CommandLine commands() {
    CommandLine commands = new CommandLine(new Main());
    commands.setParameterExceptionHandler(Main::refuse);
    commands.setExecutionStrategy(new CommandLine.RunLast());
    return commands;
  }

  private static int refuse(ParameterException wrong, String[] arguments) {
    PrintWriter err = wrong.getCommandLine().getErr();
    String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
    String message = String.valueOf(wrong.getMessage()).lines().findFirst().orElse("");
    err.println(command + ": " + message + "; see ./" + command + " --help");
    err.flush();
    return CANNOT;
  }
}
