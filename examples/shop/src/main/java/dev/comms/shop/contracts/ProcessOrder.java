package dev.comms.shop.contracts;

/**
 * The task that takes an accepted order to its end; the task's id is the order's.
 *
 * @param amountCents the price of all pieces together
 */
public record ProcessOrder(
    String orderId, String userId, int productId, int quantity, long amountCents) {}
