package dev.comms.testkit.mutants;

import dev.comms.spi.Delivery;
import dev.comms.spi.EventTransport;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Changes what a transport delivers. */
final class Deliveries {
  private Deliveries() {}

  static UnaryOperator<TaskTransport> ofTasks(UnaryOperator<TaskDelivery> change) {
    return right -> ofTasks(right, consumer -> delivery -> consumer.accept(change.apply(delivery)));
  }

  static TaskTransport ofTasks(
      TaskTransport right, UnaryOperator<Consumer<TaskDelivery>> consumers) {
    return Wrong.in(
        TaskTransport.class,
        right,
        "work",
        (args, work) -> work.call(args[0], args[1], consumers.apply(consumer(args[2]))));
  }

  static UnaryOperator<EventTransport> ofEvents(UnaryOperator<Delivery> change) {
    return right ->
        ofEvents(right, consumer -> delivery -> consumer.accept(change.apply(delivery)));
  }

  static EventTransport ofEvents(
      EventTransport right, UnaryOperator<Consumer<Delivery>> consumers) {
    return Wrong.in(
        EventTransport.class,
        right,
        "subscribe",
        (args, subscribe) ->
            subscribe.call(args[0], args[1], args[2], consumers.apply(consumer(args[3]))));
  }

  @SuppressWarnings("unchecked") // the SPI says so
  private static <D> Consumer<D> consumer(Object arg) {
    return (Consumer<D>) arg;
  }
}
