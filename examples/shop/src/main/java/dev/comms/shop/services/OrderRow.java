package dev.comms.shop.services;

import org.jspecify.annotations.Nullable;

/**
 * An order as its row tells it.
 *
 * @param status see {@link OrderStore}
 * @param reason why it was rejected or refused; empty otherwise
 * @param mailTask the id of the confirmed mail task, or null
 * @param activityEvent the id of the confirmed activity event, or null
 * @param statusEvent the id of the confirmed status event, or null
 */
public record OrderRow(
    String id,
    String userId,
    int productId,
    int quantity,
    long amountCents,
    String status,
    String reason,
    @Nullable String mailTask,
    @Nullable String activityEvent,
    @Nullable String statusEvent) {

  /** An order whose task is not yet confirmed. */
  public static OrderRow unconfirmed(
      String id, String userId, int productId, int quantity, long amountCents) {
    return new OrderRow(
        id, userId, productId, quantity, amountCents, OrderStore.UNCONFIRMED, "", null, null, null);
  }
}
