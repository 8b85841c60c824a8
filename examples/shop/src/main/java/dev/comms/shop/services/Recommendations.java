package dev.comms.shop.services;

import static dev.comms.shop.contracts.Contracts.USER_ACTIVITY;
import static dev.comms.spi.EventTransport.Start.EARLIEST;

import dev.comms.Comms;
import dev.comms.Group;
import dev.comms.contract.Context;
import dev.comms.shop.contracts.UserActivity;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Learns which products the same user buys. A group of its own: it reads every event that analytics
 * reads, at its own pace.
 */
public final class Recommendations implements Service {
  /** The group that it reads as. */
  public static final String GROUP = "recommendations";

  private final Sql sql;
  private final Comms comms;

  public Recommendations(Transports transports, Sql sql) {
    this.sql = sql;
    this.comms = Service.comms("recommendations");
    comms
        .events(transports.activity())
        .handle(USER_ACTIVITY, Group.named(GROUP).startsAt(EARLIEST), this::learn);
  }

  @Override
  public void start() {
    comms.start();
  }

  private void learn(UserActivity bought, Context context) throws SQLException {
    sql.inTransaction(
        c -> {
          int isNew =
              Sql.update(
                  c,
                  "insert into purchases values (?, ?, ?, ?) on conflict do nothing",
                  context.id(),
                  bought.orderId(),
                  bought.userId(),
                  bought.productId());
          if (isNew == 1) {
            pair(c, bought);
          }
          return isNew;
        });
  }

  /** Sorted, so that two users' transactions take the pairs' rows in the same order. */
  private static void pair(Connection c, UserActivity bought) throws SQLException {
    Sql.update(
        c,
        "insert into pairs as known (product_a, product_b, together)"
            + " select least(product_id, ?), greatest(product_id, ?), 1 from baskets"
            + " where user_id = ? and product_id <> ? order by 1, 2"
            + " on conflict (product_a, product_b) do update set together = known.together + 1",
        bought.productId(),
        bought.productId(),
        bought.userId(),
        bought.productId());
    Sql.update(
        c,
        "insert into baskets as basket values (?, ?, 1) on conflict (user_id, product_id)"
            + " do update set bought = basket.bought + 1",
        bought.userId(),
        bought.productId());
  }

  @Override
  public void close() {
    comms.close();
  }
}
