package dev.comms.shop.services;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The orders in PostgreSQL; every change of status is one conditional statement. */
public final class OrderRows implements OrderStore {
  private static final String ALL =
      "select id, user_id, product_id, quantity, amount_cents, status, reason, mail_task,"
          + " activity_event, status_event from orders ";
  private static final String OPEN = " and status in ('unconfirmed', 'accepted')";

  private final Sql sql;

  public OrderRows(Sql sql) {
    this.sql = sql;
  }

  /** An effect of an order that must happen once; the column remembers the id it happened under. */
  enum Effect {
    MAIL("mail_task"),
    ACTIVITY("activity_event"),
    STATUS("status_event");

    private final String column;

    Effect(String column) {
      this.column = column;
    }
  }

  @Override
  public void insert(OrderRow order) throws SQLException {
    sql.update(
        "insert into orders (id, user_id, product_id, quantity, amount_cents, status)"
            + " values (?, ?, ?, ?, ?, ?)",
        order.id(),
        order.userId(),
        order.productId(),
        order.quantity(),
        order.amountCents(),
        order.status());
  }

  @Override
  public @Nullable OrderRow find(String id) throws SQLException {
    List<OrderRow> found = list("where id = ?", id);
    return found.isEmpty() ? null : found.get(0);
  }

  /** Every order of this run, for the proof. */
  public List<OrderRow> all() throws SQLException {
    return list("");
  }

  @Override
  public void accepted(String id) throws SQLException {
    sql.update("update orders set status = 'accepted' where id = ? and status = 'unconfirmed'", id);
  }

  @Override
  public boolean refused(String id, String reason) throws SQLException {
    int changed =
        sql.update(
            "update orders set status = 'refused', reason = ?"
                + " where id = ? and status = 'unconfirmed'",
            reason,
            id);
    return changed == 1;
  }

  @Override
  public List<OrderRow> unconfirmed(Duration longerThan, int most) throws SQLException {
    return list(
        "where status = 'unconfirmed' and created_at < now() - ? * interval '1 millisecond'"
            + " order by created_at limit ?",
        longerThan.toMillis(),
        most);
  }

  /** Returns whether the row changed: false if the order had ended before, one way or another. */
  boolean completed(String id) throws SQLException {
    return sql.update("update orders set status = 'completed' where id = ?" + OPEN, id) == 1;
  }

  void rejected(String id, String reason) throws SQLException {
    sql.update("update orders set status = 'rejected', reason = ? where id = ?" + OPEN, reason, id);
  }

  void happened(String id, Effect effect, String under) throws SQLException {
    sql.update("update orders set " + effect.column + " = ? where id = ?", under, id);
  }

  private List<OrderRow> list(String which, Object... values) throws SQLException {
    return sql.list(
        ALL + which,
        row ->
            new OrderRow(
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                row.getInt(4),
                row.getLong(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10)),
        values);
  }
}
