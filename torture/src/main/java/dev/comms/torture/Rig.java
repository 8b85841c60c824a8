package dev.comms.torture;

import dev.comms.testkit.history.History;
import java.util.List;

/** A system under torture: its broker behind a fault proxy, and the services that use it. */
interface Rig extends AutoCloseable {

  /** What it runs on, such as {@code rabbitmq 3.10.8}. */
  String broker();

  /** Starts the services; the broker runs already. */
  void start(History history, Ledger ledger);

  /**
   * One operation, from its begin to its outcome.
   *
   * @param slot who asks; of one slot there is one operation at a time
   * @param number which operation it is, from 0
   * @throws dev.comms.contract.CommsException if it failed, or its outcome is unknown
   */
  void operate(int slot, int number);

  /** What can be broken; all of it is broken in turn. */
  List<Breakage> breakages();

  /** How many readers see each operation: one, or the number of groups. */
  default int readers() {
    return 1;
  }

  /** Whether the broker is back, asked for on the way that the services take. */
  Handshake handshake();

  /** How many messages the broker waits for to be settled, as far as it tells without delay. */
  default long unsettled() {
    return 0;
  }

  /** Writes down what lies with the dead letters, and what the broker still has; ends services. */
  void remains(History history);

  /** Ends the services; the broker goes on. */
  void stop();

  /** How many connections the services have still. */
  long connections();

  /** How many channels they have still; 0 where there are none. */
  default long channels() {
    return 0;
  }

  /** Ends the broker. */
  @Override
  void close();
}
