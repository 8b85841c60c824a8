package dev.comms.shop.services;

import static dev.comms.shop.contracts.Contracts.ORDER_STATUS;
import static dev.comms.spi.EventTransport.Start.EARLIEST;

import dev.comms.Comms;
import dev.comms.Group;
import dev.comms.shop.contracts.OrderStatus;
import java.util.function.BiConsumer;

/** Tells people what became of their orders, as the stream tells it. */
public final class Notifications implements Service {
  private final Comms comms;

  /**
   * @param people gets the event's id and the status; it must not block
   */
  public Notifications(Transports transports, BiConsumer<String, OrderStatus> people) {
    this.comms = Service.comms("notifications");
    comms
        .events(transports.status())
        .handle(
            ORDER_STATUS,
            Group.named("notifications").startsAt(EARLIEST),
            (status, context) -> people.accept(context.id(), status));
  }

  @Override
  public void start() {
    comms.start();
  }

  @Override
  public void close() {
    comms.close();
  }
}
