package dev.comms.shop.services;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is on the shelf, and for whom it was taken off. */
final class StockRows {
  private final Sql sql;

  StockRows(Sql sql) {
    this.sql = sql;
  }

  record Product(int id, long priceCents, int stock) {}

  /**
   * What came of a reservation.
   *
   * @param changed whether this very request took stock off the shelf
   */
  record Reservation(boolean reserved, int remaining, boolean changed) {}

  @Nullable Product find(int id) throws SQLException {
    List<Product> found = products("where id = ?", id);
    return found.isEmpty() ? null : found.get(0);
  }

  List<Product> all() throws SQLException {
    return products("order by id");
  }

  private List<Product> products(String which, Object... values) throws SQLException {
    return sql.list(
        "select id, price_cents, stock from products " + which,
        row -> new Product(row.getInt(1), row.getLong(2), row.getInt(3)),
        values);
  }

  /** Takes stock for an order; the same order again gets the same answer and takes nothing. */
  Reservation reserve(String order, int product, int quantity) throws SQLException {
    return sql.inTransaction(
        c -> {
          int isNew =
              Sql.update(
                  c,
                  "insert into reservations values (?, ?, ?) on conflict do nothing",
                  order,
                  product,
                  quantity);
          if (isNew == 0) {
            return new Reservation(isHeld(c, order), stock(c, product), false);
          }
          int taken =
              Sql.update(
                  c,
                  "update products set stock = stock - ? where id = ? and stock >= ?",
                  quantity,
                  product,
                  quantity);
          if (taken == 0) {
            Sql.update(c, "delete from reservations where order_id = ?", order);
          }
          return new Reservation(taken == 1, stock(c, product), taken == 1);
        });
  }

  /**
   * Puts an order's stock back, and keeps a mark so that a reservation that arrives later takes
   * nothing.
   *
   * @return the product whose stock changed, or null
   */
  @Nullable Integer release(String order) throws SQLException {
    return sql.<@Nullable Integer>inTransaction(
        c -> {
          Sql.update(
              c,
              "insert into reservations values (?, null, 0, true) on conflict do nothing",
              order);
          List<Integer> back =
              Sql.list(
                  c,
                  "update products p set stock = stock + r.quantity from reservations r"
                      + " where r.order_id = ? and not r.released and p.id = r.product_id"
                      + " returning p.id",
                  row -> row.getInt(1),
                  order);
          Sql.update(c, "update reservations set released = true where order_id = ?", order);
          return back.isEmpty() ? null : back.get(0);
        });
  }

  private static boolean isHeld(Connection c, String order) throws SQLException {
    return Sql.list(
                c,
                "select 1 from reservations where order_id = ? and not released",
                row -> 1,
                order)
            .size()
        == 1;
  }

  private static int stock(Connection c, int product) throws SQLException {
    List<Integer> stock =
        Sql.list(c, "select stock from products where id = ?", row -> row.getInt(1), product);
    return stock.isEmpty() ? 0 : stock.get(0);
  }
}
