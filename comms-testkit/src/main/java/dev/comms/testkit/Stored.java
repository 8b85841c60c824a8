package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Priority;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.Envelope;
import java.util.Base64;

/** A message as the broker keeps it. */
record Stored(Envelope envelope, Priority priority, int attempt, int redrive, int crashes) {

  static Stored first(Envelope envelope) {
    return first(envelope, Priority.NORMAL);
  }

  static Stored first(Envelope envelope, Priority priority) {
    return new Stored(envelope, priority, 1, 0, 0);
  }

  Stored nextAttempt() {
    return new Stored(envelope, priority, attempt + 1, redrive, crashes);
  }

  Stored afterCrash() {
    return new Stored(envelope, priority, attempt, redrive, crashes + 1);
  }

  /** The same task with a checkpoint, as attempt 1. */
  Stored continued(byte[] state) {
    String text = Base64.getEncoder().encodeToString(state);
    return new Stored(envelope.header(Context.STATE, text), priority, 1, redrive, 0);
  }

  Letter letter(String reason, CommsException why) {
    return new Letter(envelope, reason, String.valueOf(why.getMessage()), attempt, redrive);
  }

  /** The same message put back to work. */
  Stored redriven() {
    return new Stored(envelope, priority, 1, redrive + 1, 0);
  }
}
