package dev.comms.shop.services;

import java.io.IOException;

/** How the simulated card network treats a card; no chance is involved. */
enum Card {
  GOOD,
  /** Each order's first attempt finds the network down. */
  FLAKY,
  /** No attempt ever gets through. */
  BROKEN;

  /**
   * Whether the card's acquirer answers.
   *
   * @param attempt which attempt to charge this order, from 1
   * @throws IOException if the network does not answer this time
   */
  void answer(int attempt) throws IOException {
    if (this == BROKEN) {
      throw new IOException("the acquirer of this card does not answer (attempt " + attempt + ")");
    }
    if (this == FLAKY && attempt == 1) {
      throw new IOException("the card network does not answer; try again");
    }
  }
}
