package dev.comms.bench.pair;

import java.io.IOException;

/** What both sides talk to: a process of its own, and what is in it before each round. */
interface Place extends AutoCloseable {

  /** Where clients connect. */
  String address();

  /** Where the other side connects, if it has a server of its own. */
  default String otherAddress() {
    return address();
  }

  /** What a side's own server has used so far; nothing where both have the same. */
  default Costs costs(boolean ofOurs) {
    return Costs.NONE;
  }

  /** Its kind and version. */
  String name();

  /** Takes out what the rounds before left, so that each begins with the same. */
  void clear() throws Exception;

  @Override
  void close() throws IOException;
}
