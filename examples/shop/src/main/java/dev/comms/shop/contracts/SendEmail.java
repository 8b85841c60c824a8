package dev.comms.shop.contracts;

/**
 * A mail to be sent.
 *
 * @param orderId the order that it is about
 * @param to the bare address, such as {@code ada@example.org}
 * @param name the recipient's name as shown
 * @param body plain text; lines end with a line feed
 */
public record SendEmail(String orderId, String to, String name, String subject, String body) {}
