package dev.comms.testkit.brokers;

/** The messages for a broker that could not be started. */
final class Failures {

  private Failures() {}

  static BrokerUnavailable start(
      String kind, String program, int port, Child child, String log, Readiness.NotReady why) {
    String reason = child.alive() ? why.getMessage() : child.end();
    return start(kind, program + " on port " + port, String.valueOf(reason), log, why);
  }

  static BrokerUnavailable start(
      String kind, String what, String reason, String log, Throwable why) {
    String end =
        log.isBlank()
            ? ""
            : "; its log ends: " + Secrets.hide(log.lines().reduce((a, b) -> b).orElse(""));
    return new BrokerUnavailable(
        kind
            + ": "
            + what
            + " did not start ("
            + reason
            + end
            + "): see the log of the exception, and free memory, disk or the port",
        log,
        why);
  }

  static BrokerUnavailable container(
      DockerImage image, String name, String reason, String log, Throwable why) {
    String end =
        log.isBlank()
            ? ""
            : "; its log ends: " + Secrets.hide(log.lines().reduce((a, b) -> b).orElse(""));
    return new BrokerUnavailable(
        image.kind()
            + ": the image "
            + name
            + " did not start ("
            + reason
            + end
            + "): see the log of the exception and docker pull "
            + name
            + ", or name another image with "
            + image.variable()
            + " or -D"
            + image.property(),
        log,
        why);
  }

  static BrokerUnavailable missing(String kind, String artifact, String variable, Throwable why) {
    return new BrokerUnavailable(
        kind
            + ": "
            + artifact
            + " is not on the class path: add it with test scope, or set "
            + variable
            + " to a running broker",
        "",
        why);
  }
}
