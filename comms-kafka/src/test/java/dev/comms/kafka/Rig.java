package dev.comms.kafka;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.contract.Time;
import dev.comms.spi.Envelope;
import dev.comms.spi.Host;
import dev.comms.testkit.brokers.Brokers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/** A service around one test, in topics of its own; closes what it made. */
final class Rig implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(40);
  static final Event<byte[]> EVENT =
      Event.named("rig.happened", Codec.bytes()).handledWithin(Duration.ofSeconds(20));

  final String space = "rig" + UUID.randomUUID().toString().substring(0, 8) + ".";
  final String topic = space + EVENT.name();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ExecutorService callbacks =
      Executors.newFixedThreadPool(4, work -> new Thread(work, "rig-callbacks"));

  /** Never rejects, as a service's own. */
  private final Executor never =
      work -> {
        if (callbacks.isShutdown()) {
          work.run();
        } else {
          callbacks.execute(work);
        }
      };

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  static String servers() {
    return Brokers.shared().kafka().address();
  }

  KafkaConfig config() {
    return config(servers());
  }

  KafkaConfig config(String servers) {
    return KafkaConfig.at(servers)
        .confirmedWithin(Duration.ofSeconds(20))
        .creatingTopics(3)
        .prefix(space);
  }

  /** Missing topics are refused. */
  KafkaConfig verifying(Duration confirmedWithin) {
    return KafkaConfig.at(servers()).confirmedWithin(confirmedWithin).prefix(space);
  }

  KafkaTransport attach(KafkaConfig config) {
    KafkaTransport transport = owns(KafkaTransport.of(config));
    get(transport.attach(host()));
    return transport;
  }

  Host host() {
    return new Host("rig", meters, Time.system(), never);
  }

  <T extends AutoCloseable> T owns(T resource) {
    open.push(resource);
    return resource;
  }

  static Deadline in(Duration duration) {
    return Deadline.after(Time.system(), duration);
  }

  static <T> T get(CompletableFuture<T> result) {
    return Time.system().await(result, "rig", in(LONG));
  }

  static CommsException failure(CompletableFuture<?> result) {
    try {
      throw new AssertionError(
          "expected a failure, got " + result.get(LONG.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException failed) {
      return (CommsException) failed.getCause();
    } catch (InterruptedException | TimeoutException hung) {
      throw new AssertionError("expected a failure within " + LONG, hung);
    }
  }

  static Envelope message(String key, String text) {
    return Envelope.of(
            UUID.randomUUID().toString(),
            EVENT.name(),
            "text/plain",
            Instant.now(),
            text.getBytes(StandardCharsets.UTF_8))
        .key(key);
  }

  static String text(Envelope envelope) {
    return new String(envelope.body(), StandardCharsets.UTF_8);
  }

  /** What the group has committed, by partition number. */
  Map<Integer, Long> committed(String group) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
      Map<Integer, Long> all = new TreeMap<>();
      admin
          .listConsumerGroupOffsets(space + group)
          .partitionsToOffsetAndMetadata()
          .get(20, TimeUnit.SECONDS)
          .forEach(
              (partition, at) -> {
                if (at != null) {
                  all.put(partition.partition(), at.offset());
                }
              });
      return all;
    }
  }

  @Override
  public void close() {
    try {
      while (!open.isEmpty()) {
        open.pop().close();
      }
    } catch (Exception failed) {
      throw new AssertionError("closing must not fail", failed);
    } finally {
      callbacks.shutdownNow();
      meters.close();
    }
  }
}
