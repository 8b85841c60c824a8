package dev.comms.policy;

import io.micrometer.core.instrument.Counter;

/**
 * Counts what one step refuses.
 *
 * @param enforced what it refused
 * @param observed what it would have refused
 */
record Refused(Counter enforced, Counter observed) {

  Counter in(Mode mode) {
    return mode == Mode.ENFORCE ? enforced : observed;
  }
}
