package dev.comms.shop.services;

import java.sql.Connection;
import java.sql.SQLException;

/** Fills an empty shop: what is on the shelf, who buys, and how their cards behave. */
public final class Catalogue {
  /** Plenty of each of the products 1 to this one. */
  public static final int PRODUCTS = 8;

  /** The product of which there are few pieces. */
  public static final int SCARCE = 99;

  /** The users {@code user-1} to this one have cards that work. */
  public static final int USERS = 12;

  /** Its card fails on the first attempt of every order and works on the second. */
  public static final String FLAKY_USER = "user-flaky";

  /** Its acquirer is broken: every attempt fails. */
  public static final String BROKEN_USER = "user-broken";

  private static final int PLENTY = 10_000_000;

  private Catalogue() {}

  /**
   * Inserts products, users and cards in one transaction.
   *
   * @param scarcePieces the stock of {@link #SCARCE}
   */
  public static void fill(Sql sql, int scarcePieces) throws SQLException {
    sql.inTransaction(
        connection -> {
          for (int id = 1; id <= PRODUCTS; id++) {
            product(connection, id, "Product " + id, 995 + 250L * id, PLENTY);
          }
          product(connection, SCARCE, "Last pieces", 4_900, scarcePieces);
          for (int i = 1; i <= USERS; i++) {
            user(connection, "user-" + i, "User " + i, Card.GOOD);
          }
          user(connection, FLAKY_USER, "Flora Flaky", Card.FLAKY);
          user(connection, BROKEN_USER, "Bruno Broken", Card.BROKEN);
          return true;
        });
  }

  private static void product(Connection c, int id, String name, long cents, int stock)
      throws SQLException {
    Sql.update(c, "insert into products values (?, ?, ?, ?)", id, name, cents, stock);
  }

  private static void user(Connection c, String id, String name, Card card) throws SQLException {
    Sql.update(c, "insert into users values (?, ?, ?)", id, name, id + "@example.org");
    Sql.update(c, "insert into cards values (?, ?)", id, card.name());
  }
}
