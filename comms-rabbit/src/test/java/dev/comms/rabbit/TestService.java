package dev.comms.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import dev.comms.contract.Time;
import dev.comms.spi.Envelope;
import dev.comms.spi.Host;
import dev.comms.spi.Order;
import dev.comms.spi.TaskDelivery;
import dev.comms.testkit.brokers.Brokers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One case's service on the real broker: a namespace of its own, deleted at the end. */
final class TestService implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(60);
  static final Task<byte[]> TASK =
      Task.named("mail.send", Codec.bytes()).eachAttemptWithin(Duration.ofSeconds(20));
  static final CommsException BROKE =
      new CommsException.Failed(
          Facts.of("mail.send")
              .message("the printer is on fire")
              .cause(new IllegalStateException("no paper")));

  final String space = "it" + UUID.randomUUID().toString().substring(0, 8);
  final String address = Brokers.shared().rabbit().address();
  final Topology topology = new Topology(space);
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Time time = Time.system();
  private final ExecutorService callbacks = Executors.newFixedThreadPool(4);
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  RabbitTransport attach() {
    return attach(address);
  }

  RabbitTransport attach(String uri) {
    RabbitTransport transport = own(transport(uri));
    get(transport.attach(host()));
    return transport;
  }

  RabbitTransport transport(String uri) {
    return transport(uri, Duration.ofSeconds(20));
  }

  RabbitTransport transport(String uri, Duration confirmedWithin) {
    return RabbitTransport.of(
        RabbitConfig.at(uri).confirmedWithin(confirmedWithin).namespace(space));
  }

  Host host() {
    return new Host("it", meters, time, callbacks);
  }

  /** A plain client, as any other program would use. */
  Channel client() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(address);
    factory.setVirtualHost(RabbitConfig.at(address).confirmedWithin(LONG).virtualHost());
    Connection connection = own(factory.newConnection("it client"));
    return connection.createChannel();
  }

  <T extends AutoCloseable> T own(T resource) {
    open.push(resource);
    return resource;
  }

  BlockingQueue<TaskDelivery> work(RabbitTransport transport, int slots) {
    BlockingQueue<TaskDelivery> inbox = new LinkedBlockingQueue<>(100_000);
    own(transport.work(TASK, slots, inbox::add));
    return inbox;
  }

  CompletableFuture<Void> submit(RabbitTransport transport, Envelope message) {
    return transport.submit(TASK, message, Order.NOW, in(Duration.ofSeconds(20)));
  }

  Envelope message(String text) {
    return Envelope.of(
        UUID.randomUUID().toString(),
        TASK.name(),
        "text/plain",
        Instant.now(),
        text.getBytes(StandardCharsets.UTF_8));
  }

  Deadline in(Duration duration) {
    return Deadline.after(time, duration);
  }

  <T> T get(CompletableFuture<T> result) {
    return time.await(result, "it", in(LONG));
  }

  /** The failure of what must fail. */
  CommsException failure(CompletableFuture<?> result) {
    Throwable why = failureOrNull(result);
    if (why == null) {
      throw new AssertionError("it must fail, but it did not");
    }
    return CommsException.of("it", why);
  }

  /** Waits for the end, and tells how it failed, if it did. */
  Throwable failureOrNull(CompletableFuture<?> result) {
    return get(result.handle((done, why) -> why));
  }

  static TaskDelivery next(BlockingQueue<TaskDelivery> inbox) throws InterruptedException {
    TaskDelivery delivery = inbox.poll(LONG.toSeconds(), TimeUnit.SECONDS);
    if (delivery == null) {
      throw new AssertionError("no delivery within " + LONG);
    }
    return delivery;
  }

  static String text(TaskDelivery delivery) {
    return new String(delivery.envelope().body(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    try {
      Channel cleaner = client();
      AutoCloseable connection = open.pop();
      while (!open.isEmpty()) {
        open.pop().close();
      }
      delete(cleaner, topology, TASK);
      connection.close();
    } catch (Exception failure) {
      throw new IOException("the test's service did not end", failure);
    } finally {
      callbacks.shutdownNow();
    }
  }

  /** Leaves nothing of a namespace on the broker. */
  static void delete(Channel client, Topology topology, Task<?> task) throws IOException {
    for (Plan plan : new Plan[] {topology.of(task), topology.delays(), topology.base()}) {
      for (Plan.Queue queue : plan.queues()) {
        client.queueDelete(queue.name());
      }
      for (Plan.Exchange exchange : plan.exchanges()) {
        client.exchangeDelete(exchange.name());
      }
    }
  }
}
