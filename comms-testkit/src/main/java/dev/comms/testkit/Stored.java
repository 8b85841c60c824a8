package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.Envelope;

/** A message as the broker keeps it. */
record Stored(Envelope envelope, int attempt, int redrive, int crashes) {

  static Stored first(Envelope envelope) {
    return new Stored(envelope, 1, 0, 0);
  }

  Stored nextAttempt() {
    return new Stored(envelope, attempt + 1, redrive, crashes);
  }

  Stored afterCrash() {
    return new Stored(envelope, attempt, redrive, crashes + 1);
  }

  Letter letter(String reason, CommsException why) {
    return new Letter(envelope, reason, String.valueOf(why.getMessage()), attempt, redrive);
  }

  static Stored redriven(Letter letter) {
    return new Stored(letter.message(), 1, letter.redrive() + 1, 0);
  }
}
