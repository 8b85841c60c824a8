package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.spi.DeadLetters.Letter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What failed for good in one place; guarded by the broker. */
final class Grave {
  private final MemoryBroker broker;
  private final Consumer<Stored> revive;
  private final Runnable signal;
  private final Set<Dead> dead = new LinkedHashSet<>();

  /**
   * A place.
   *
   * @param revive puts a message back to work, under the broker's lock
   * @param signal hands over what can be handed over, outside it
   */
  Grave(MemoryBroker broker, Consumer<Stored> revive, Runnable signal) {
    this.broker = broker;
    this.revive = revive;
    this.signal = signal;
  }

  /** A letter and what it was; two of the same content are two. */
  static final class Dead {
    private final Letter letter;
    private final Stored stored;

    private Dead(Letter letter, Stored stored) {
      this.letter = letter;
      this.stored = stored;
    }

    Letter letter() {
      return letter;
    }
  }

  /** Under the broker's lock. */
  void bury(Stored message, String reason, CommsException why) {
    dead.add(new Dead(message.letter(reason, why), message));
    broker
        .journal()
        .note(Journal.Step.DEAD_LETTERED, message.envelope(), reason + ": " + why.getMessage());
  }

  int size() {
    synchronized (broker) {
      return dead.size();
    }
  }

  List<Dead> all() {
    synchronized (broker) {
      return new ArrayList<>(dead);
    }
  }

  /** Deletes, unless somebody else took it meanwhile. */
  boolean discard(Dead one) {
    synchronized (broker) {
      broker.journal().note(Journal.Step.DISCARDED, one.letter.message(), "");
      return dead.remove(one);
    }
  }

  boolean redrive(Dead one) {
    synchronized (broker) {
      if (!dead.remove(one)) {
        return false;
      }
      broker.journal().note(Journal.Step.REDRIVEN, one.letter.message(), "");
      revive.accept(one.stored.redriven());
    }
    signal.run();
    return true;
  }
}
