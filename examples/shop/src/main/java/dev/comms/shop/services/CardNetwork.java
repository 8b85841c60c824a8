package dev.comms.shop.services;

import java.io.IOException;
import java.sql.SQLException;

/**
 * The simulated card network. It is somebody else's: it keeps its own list of the authorisations
 * that it gave, commits each by itself, and does not care whether an order had one already. What it
 * authorised is what the customers have paid.
 */
final class CardNetwork {
  private final Sql sql;

  CardNetwork(Sql sql) {
    this.sql = sql;
  }

  /**
   * Takes the money.
   *
   * @param attempt which attempt to charge this order, from 1
   * @throws IOException if the network does not answer this time; no money was taken
   */
  void authorise(Card card, String order, long cents, int attempt)
      throws IOException, SQLException {
    card.answer(attempt);
    sql.update("insert into authorisations (order_id, amount_cents) values (?, ?)", order, cents);
  }
}
