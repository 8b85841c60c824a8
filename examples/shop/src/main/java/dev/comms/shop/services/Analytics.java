package dev.comms.shop.services;

import static dev.comms.shop.contracts.Contracts.USER_ACTIVITY;
import static dev.comms.spi.EventTransport.Start.EARLIEST;

import dev.comms.Comms;
import dev.comms.Group;
import dev.comms.contract.Context;
import dev.comms.shop.contracts.UserActivity;
import java.sql.SQLException;

/** Counts what users buy: one row per event, so an event that comes twice counts once. */
public final class Analytics implements Service {
  /** The group that it reads as. */
  public static final String GROUP = "analytics";

  private final Sql sql;
  private final Comms comms;

  public Analytics(Transports transports, Sql sql) {
    this.sql = sql;
    this.comms = Service.comms("analytics");
    comms
        .events(transports.activity())
        .handle(USER_ACTIVITY, Group.named(GROUP).startsAt(EARLIEST), this::count);
  }

  @Override
  public void start() {
    comms.start();
  }

  private void count(UserActivity activity, Context context) throws SQLException {
    sql.inTransaction(
        c -> {
          int isNew =
              Sql.update(
                  c,
                  "insert into activity values (?, ?, ?, ?, ?) on conflict do nothing",
                  context.id(),
                  activity.userId(),
                  activity.orderId(),
                  activity.kind(),
                  activity.productId());
          return isNew == 0
              ? 0
              : Sql.update(
                  c,
                  "insert into activity_counts as counts values (?, 1) on conflict (product_id)"
                      + " do update set purchases = counts.purchases + 1",
                  activity.productId());
        });
  }

  @Override
  public void close() {
    comms.close();
  }
}
