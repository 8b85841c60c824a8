package dev.comms.testkit.brokers;

import java.time.Duration;

/** A broker that an environment variable names: the value, and how to say that it is of no use. */
record Outside(String kind, String variable, String value) {

  /** How long such a broker may take until it answers. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  BrokerUnavailable malformed(String rule) {
    return new BrokerUnavailable(
        kind
            + ": "
            + variable
            + "="
            + Secrets.hide(value)
            + " is not "
            + rule
            + ": correct it, or unset it to have a broker started");
  }

  /** Asks until the broker answers, at most 10 s. */
  <T> T await(Readiness.Probe<T> probe) {
    try {
      return Readiness.await(LIMIT, () -> true, probe);
    } catch (Readiness.NotReady e) {
      throw new BrokerUnavailable(
          kind
              + ": "
              + variable
              + "="
              + Secrets.hide(value)
              + " did not answer within "
              + LIMIT.toSeconds()
              + " s ("
              + e.getMessage()
              + "): start that broker, correct the value, or unset it to have one started",
          "",
          e);
    }
  }
}
