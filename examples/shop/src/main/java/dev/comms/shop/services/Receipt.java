package dev.comms.shop.services;

import dev.comms.shop.contracts.ProcessOrder;
import dev.comms.shop.contracts.SendEmail;
import dev.comms.shop.users.v1.GetUserResponse;
import java.util.Locale;

/** The mail that a completed order's customer gets. */
final class Receipt {
  private Receipt() {}

  static SendEmail mail(ProcessOrder order, GetUserResponse user) {
    String amount =
        String.format(
            Locale.ROOT, "EUR %d.%02d", order.amountCents() / 100, order.amountCents() % 100);
    String body =
        "Dear %s,\n\nthank you for your order %s: %d x product %d, %s in all.\n\nThe shop\n"
            .formatted(
                user.getName(), order.orderId(), order.quantity(), order.productId(), amount);
    return new SendEmail(
        order.orderId(),
        user.getEmail(),
        user.getName(),
        "Your order " + order.orderId() + " is paid",
        body);
  }
}
