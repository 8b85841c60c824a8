package dev.comms.redis;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Event;
import dev.comms.contract.Fault;
import dev.comms.contract.Task;
import dev.comms.contract.Time;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.spi.Host;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.testkit.brokers.Brokers;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real server, a namespace of its own, transports on it, and a plain client to look behind. */
final class Lab {
  static final Task<byte[]> TASK =
      Task.named("lab.work", Codec.bytes()).eachAttemptWithin(Duration.ofSeconds(20));
  static final Event<byte[]> EVENT =
      Event.named("lab.happened", Codec.bytes()).handledWithin(Duration.ofSeconds(20));
  static final Duration LEASE = Duration.ofMillis(1_500);
  static final CommsException BROKE =
      new CommsException.Failed(
          CommsException.Facts.of("lab")
              .effect(Effect.POSSIBLE)
              .fault(Fault.REMOTE)
              .message("it broke"));

  final String space = "lab" + UUID.randomUUID().toString().substring(0, 8);
  final String server = Brokers.shared().redis().address();
  final Topology.TaskKeys tasks = new Topology(space).task(TASK.name());
  final Time time = Time.system();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ExecutorService callbacks = Executors.newFixedThreadPool(4);
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final RedisClient client = RedisClient.create(server);
  private final StatefulRedisConnection<String, String> connection = client.connect();

  RedisCommands<String, String> redis() {
    return connection.sync();
  }

  Host host() {
    return new Host("lab", meters, time, callbacks);
  }

  RedisConfig config(String uri) {
    return RedisConfig.at(uri)
        .confirmedWithin(Duration.ofSeconds(10))
        .namespace(space)
        .lease(LEASE);
  }

  RedisTransport transport() {
    return transport(config(server));
  }

  RedisTransport transport(RedisConfig config) {
    RedisTransport made = owns(RedisTransport.of(config));
    get(made.attach(host()));
    return made;
  }

  Wire wire() {
    return owns(new Wire(server));
  }

  BlockingQueue<TaskDelivery> work(RedisTransport transport, int slots) {
    BlockingQueue<TaskDelivery> got = new LinkedBlockingQueue<>();
    owns(transport.work(TASK, slots, got::add));
    return got;
  }

  BlockingQueue<Delivery> read(RedisTransport transport, Start start, int slots) {
    BlockingQueue<Delivery> got = new LinkedBlockingQueue<>();
    subscribe(transport, start, slots, got);
    return got;
  }

  Subscription subscribe(
      RedisTransport transport, Start start, int slots, BlockingQueue<Delivery> got) {
    return owns(
        transport.subscribe(List.of(EVENT), new Subscriber("readers", start), slots, got::add));
  }

  String submit(RedisTransport transport, String text, Duration after) {
    Envelope message = message(TASK.name(), text);
    get(transport.submit(TASK, message, new Order(after), soon()));
    return message.id();
  }

  void publish(RedisTransport transport, String key, String text) {
    get(transport.publish(EVENT, message(EVENT.name(), text).key(key), soon()));
  }

  static Envelope message(String contract, String text) {
    return Envelope.of(
        UUID.randomUUID().toString(),
        contract,
        "text/plain",
        Instant.now(),
        text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(Delivery delivery) {
    return new String(delivery.envelope().body(), StandardCharsets.UTF_8);
  }

  Deadline soon() {
    return Deadline.after(time, Duration.ofSeconds(20));
  }

  <T> T get(CompletableFuture<T> result) {
    return time.await(result, "lab", soon());
  }

  CommsException failure(CompletableFuture<?> result) throws InterruptedException {
    try {
      result.get(20, TimeUnit.SECONDS);
      throw new AssertionError("expected a failure");
    } catch (java.util.concurrent.ExecutionException failed) {
      return (CommsException) failed.getCause();
    } catch (TimeoutException hung) {
      throw new AssertionError("hung", hung);
    }
  }

  static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T got = queue.poll(20, TimeUnit.SECONDS);
    if (got == null) {
      throw new AssertionError("nothing came within 20 s");
    }
    return got;
  }

  double voids(String contract) {
    Counter counter = meters.find("comms.settle.void").tag("contract", contract).counter();
    return counter == null ? 0 : counter.count();
  }

  /** What FLUSHALL does to this namespace, sparing others on the same server. */
  void flush() {
    redis().del(redis().keys("{" + space + ":*").toArray(String[]::new));
  }

  <T extends AutoCloseable> T owns(T resource) {
    open.push(resource);
    return resource;
  }

  void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    connection.close();
    client.shutdown(0, 2, TimeUnit.SECONDS);
    callbacks.shutdownNow();
    meters.close();
  }
}
