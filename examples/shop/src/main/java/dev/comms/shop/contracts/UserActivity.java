package dev.comms.shop.contracts;

/**
 * Something a user did; ordered by user.
 *
 * @param kind what it was; the shop knows {@code purchase}
 */
public record UserActivity(
    String userId, String kind, String orderId, int productId, int quantity, long amountCents) {}
