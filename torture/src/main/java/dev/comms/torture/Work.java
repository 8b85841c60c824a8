package dev.comms.torture;

import dev.comms.contract.Context;
import dev.comms.contract.Verdict;

/** What handlers do: most succeed, some fail at first, and a few are hopeless. */
final class Work {
  private static final int FAILS_FIRST = 20;
  private static final int HOPELESS = 97;
  private static final long MILLIS = 2;

  private Work() {}

  /** A task. */
  static void task(Ledger ledger, byte[] body, Context context) throws InterruptedException {
    int number = Payload.number(body);
    if (number % HOPELESS == HOPELESS - 1) {
      ledger.handled(number);
      throw Verdict.reject("hopeless");
    }
    event(ledger, "worker", body, context);
  }

  /** An event: it is never given up, since not every transport shows its dead letters. */
  static void event(Ledger ledger, String group, byte[] body, Context context)
      throws InterruptedException {
    int number = Payload.number(body);
    if (number % FAILS_FIRST == FAILS_FIRST - 1 && context.attempt() == 1) {
      throw new IllegalStateException("not at the first attempt");
    }
    Thread.sleep(MILLIS);
    ledger.effect(group, context.id(), number);
  }
}
