package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Task;
import dev.comms.contract.Time;
import dev.comms.spi.Host;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A publisher whose broker is away. */
class PublisherTest {
  private static final Task<byte[]> TASK =
      Task.named("t", Codec.bytes()).eachAttemptWithin(Duration.ofSeconds(1));
  private static final Duration LONG = Duration.ofSeconds(60);

  private final ExecutorService callbacks = Executors.newFixedThreadPool(2);
  private final Host host = new Host("it", new SimpleMeterRegistry(), Time.system(), callbacks);
  private final RabbitConfig config =
      RabbitConfig.at("amqp://127.0.0.1:1").confirmedWithin(LONG).backlog(10);
  private final Session session = new Session(config, host, "publish");
  private final Publisher publisher = new Publisher(session, new Topology("it"), config, host);

  @AfterEach
  void close() {
    publisher.close();
    callbacks.shutdownNow();
  }

  @Test
  void whatEndedInAnOutageMakesRoomAndEveryFailureStaysUnavailable() {
    for (int round = 0; round < 3; round++) {
      List<CompletableFuture<Void>> all =
          IntStream.range(0, 10).mapToObj(i -> publish(1, Duration.ofMillis(50))).toList();
      await().atMost(LONG).until(() -> all.stream().allMatch(CompletableFuture::isDone));

      assertThat(all).allSatisfy(each -> assertThat(failure(each)).hasMessageContaining("no conn"));
      await().atMost(LONG).until(() -> !publish(1, Duration.ofMillis(50)).isDone());
      await().atMost(LONG).until(() -> publisher.pending() == 0);
    }
  }

  @Test
  void beyondTheBacklogAnOutageIsTheReason() {
    for (int i = 0; i < 10; i++) {
      assertThat(publish(1, LONG)).isNotDone();
    }

    assertThat(failure(publish(1, LONG)))
        .isInstanceOf(CommsException.Unavailable.class)
        .hasMessageContaining("no connection to 127.0.0.1:1")
        .hasMessageContaining("as many messages wait");
  }

  @Test
  void bodiesAreBoundedByTheirBytesAndOneLargeOneAlonePasses() {
    int half = (int) (Backlog.MOST_BYTES / 2);

    CompletableFuture<Void> alone = publish((int) Backlog.MOST_BYTES + 1, Duration.ofMillis(50));
    assertThat(alone).isNotDone();
    await().atMost(LONG).until(() -> publisher.pending() == 0);
    assertThat(publish(half, LONG)).isNotDone();
    assertThat(publish(half, LONG)).isNotDone();

    assertThat(failure(publish(1, LONG))).hasMessageContaining("bytes of bodies");
    assertThat(publisher.pending()).isEqualTo(2);
  }

  private CompletableFuture<Void> publish(int bytes, Duration within) {
    return publisher.publish(
        new Outgoing(
            TASK,
            new Topology.Target("e", "k"),
            new BasicProperties.Builder().messageId("id").build(),
            new byte[bytes],
            Deadline.after(host.time(), within)));
  }

  private static CommsException failure(CompletableFuture<Void> result) {
    assertThat(result).isCompletedExceptionally();
    CommsException why = CommsException.of("t", catchThrowable(result::join));
    assertThat(why.effect()).isEqualTo(Effect.NONE);
    return why;
  }
}
