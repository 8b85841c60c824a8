package dev.comms.shop.gateway;

import dev.comms.shop.services.OrderRow;
import dev.comms.shop.services.OrderStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The orders' rows in a map, or no rows at all. */
final class MemoryOrders implements OrderStore {
  final Map<String, OrderRow> rows = new ConcurrentHashMap<>();
  volatile boolean down;
  volatile boolean downAfterInsert;

  @Override
  public void insert(OrderRow order) throws SQLException {
    if (down) {
      throw new SQLException("the database is down");
    }
    rows.put(order.id(), order);
  }

  @Override
  public @Nullable OrderRow find(String id) {
    return rows.get(id);
  }

  @Override
  public void accepted(String id) throws SQLException {
    change(id, ACCEPTED, "");
  }

  @Override
  public boolean refused(String id, String reason) throws SQLException {
    return change(id, REFUSED, reason);
  }

  @Override
  public List<OrderRow> unconfirmed(Duration longerThan, int most) {
    return rows.values().stream().filter(row -> row.status().equals(UNCONFIRMED)).toList();
  }

  String onlyStatus() {
    return rows.values().iterator().next().status();
  }

  private boolean change(String id, String status, String reason) throws SQLException {
    if (downAfterInsert) {
      throw new SQLException("the database went down");
    }
    boolean open = rows.get(id).status().equals(UNCONFIRMED);
    rows.computeIfPresent(
        id,
        (key, row) ->
            row.status().equals(UNCONFIRMED)
                ? new OrderRow(
                    id,
                    row.userId(),
                    row.productId(),
                    row.quantity(),
                    row.amountCents(),
                    status,
                    reason,
                    null,
                    null,
                    null)
                : row);
    return open;
  }
}
