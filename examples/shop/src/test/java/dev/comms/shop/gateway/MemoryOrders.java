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
  public void accepted(String id) {
    change(id, ACCEPTED, "");
  }

  @Override
  public void refused(String id, String reason) {
    change(id, REFUSED, reason);
  }

  @Override
  public List<OrderRow> unconfirmed(Duration longerThan, int most) {
    return rows.values().stream().filter(row -> row.status().equals(UNCONFIRMED)).toList();
  }

  String onlyStatus() {
    return rows.values().iterator().next().status();
  }

  private void change(String id, String status, String reason) {
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
  }
}
