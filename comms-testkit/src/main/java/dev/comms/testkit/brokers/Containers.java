package dev.comms.testkit.brokers;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What runs containers: the last source of brokers. */
interface Containers {

  /**
   * What a user could do so that a container can be run, as the last of several advices; empty if
   * one can be run now. Cheap, and logs nothing.
   */
  Optional<String> advice();

  /**
   * Runs a container, pulls its image first if it is not there, and owns it in the scope. That it
   * runs does not say that its server answers.
   *
   * @throws Exception as the library behind it throws
   */
  Container run(Plan plan, Scope scope) throws Exception;

  /**
   * What to run.
   *
   * @param outside the port of 127.0.0.1 on which the container's port is published
   * @param inside the port on which the server listens inside
   * @param command the image's own if empty
   */
  record Plan(
      String image,
      int outside,
      int inside,
      List<String> command,
      Map<String, String> environment) {}

  /** A container that was started. */
  interface Container {

    /** Whether its main process runs. */
    boolean alive();

    /** The last 20 lines of its output. */
    String log();

    /**
     * Runs a program inside and returns what it printed.
     *
     * @throws IllegalStateException if it failed; the message holds its output
     */
    String exec(List<String> command);

    /** The same as one line for a POSIX shell. */
    String execCommand(List<String> command);
  }
}
