package dev.comms.testkit.brokers;

import org.jspecify.annotations.Nullable;

/**
 * A broker cannot be had. The first line of the message says what, which value (never a password)
 * and what to do; where a broker failed to start, the end of its own log follows in {@link #log()}.
 */
public final class BrokerUnavailable extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String log;

  BrokerUnavailable(String message) {
    this(message, "", null);
  }

  BrokerUnavailable(String message, String log, @Nullable Throwable cause) {
    super(message, cause);
    this.log = log;
  }

  /** The last lines of the broker's own log; empty if it has none. */
  public String log() {
    return log;
  }
}
