package dev.comms;

import dev.comms.contract.Backoff;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import dev.comms.spi.Ability;
import dev.comms.spi.TaskTransport;

/**
 * What a task or an event says about its handling.
 *
 * @param contract as declared; the engine says what an operator makes of it
 * @param once whether it is settled before its handler begins
 * @param noCheckpoint why a handler may not go on later, or empty if it may
 */
record Terms<T>(
    Contract contract, Codec<T> codec, boolean once, Backoff backoff, String noCheckpoint) {

  static <T> Terms<T> of(Task<T> task, TaskTransport transport) {
    String why = "";
    if (!transport.abilities().contains(Ability.CONTINUE_LATER)) {
      why = Ability.CONTINUE_LATER.refused(task.name(), transport.system()).reason();
    } else if (task.isAtMostOnce()) {
      why =
          "a task that is handled at most once is settled before, so it cannot continue later;"
              + " leave out atMostOnce()";
    }
    return new Terms<>(task, task.codec(), task.isAtMostOnce(), task.backoff(), why);
  }

  static <T> Terms<T> of(Event<T> event) {
    String why =
        "an event cannot continue later; submit a task with what is left to do, or throw"
            + " Verdict.retryAfter";
    return new Terms<>(event, event.codec(), event.isAtMostOnce(), event.backoff(), why);
  }

  /** The most attempts at this moment. */
  int attempts(Engine engine) {
    Contract now = engine.effective(contract);
    return now instanceof Task<?> task
        ? task.attempts()
        : now instanceof Event<?> event ? event.attempts() : 1;
  }

  CommsException.Misconfigured noCheckpoint(String why) {
    return new CommsException.Misconfigured(contract.name(), why);
  }
}
