package dev.comms.shop.contracts;

/**
 * What became of an order, for those who watch it; ordered by order.
 *
 * @param status {@code completed} or {@code rejected}
 * @param reason why it was rejected; empty otherwise
 */
public record OrderStatus(String orderId, String userId, String status, String reason) {}
