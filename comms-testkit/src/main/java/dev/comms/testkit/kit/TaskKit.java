package dev.comms.testkit.kit;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Task;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

/** What all cases of tasks use. */
abstract class TaskKit {
  static final Task<byte[]> TASK =
      Task.named("kit.work", Codec.bytes()).eachAttemptWithin(Duration.ofSeconds(20));

  /** What a handler is said to have done. */
  static final CommsException BROKE =
      new CommsException.Failed(
          CommsException.Facts.of("kit.work")
              .effect(Effect.POSSIBLE)
              .fault(Fault.REMOTE)
              .message("the printer is on fire"));

  final Bench bench = new Bench();

  /** A new unattached transport in this namespace. */
  protected abstract TaskTransport transport(String space);

  @AfterEach
  void closeBench() {
    bench.close();
  }

  /** Another instance of the service, in this case's namespace. */
  TaskTransport instance() {
    return bench.attach(transport(bench.space));
  }

  Inbox<TaskDelivery> consume(TaskTransport transport, int slots) {
    Inbox<TaskDelivery> inbox = new Inbox<>();
    bench.owns(transport.work(TASK, slots, inbox));
    return inbox;
  }

  static Envelope message(String text) {
    return Envelope.of(
        UUID.randomUUID().toString(),
        TASK.name(),
        TASK.codec().contentType(),
        Instant.now().truncatedTo(ChronoUnit.MILLIS),
        text.getBytes(StandardCharsets.UTF_8));
  }

  Envelope submit(TaskTransport transport, String text) {
    return submit(transport, message(text), Order.NOW);
  }

  Envelope submit(TaskTransport transport, Envelope message, Order order) {
    bench.get(transport.submit(TASK, message, order, bench.inTime()));
    return message;
  }
}
