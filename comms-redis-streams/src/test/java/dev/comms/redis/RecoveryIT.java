package dev.comms.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.spi.DeadLetters.Choice;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.Delivery;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.TaskDelivery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Flushed servers, foreign and hostile entries, delays that outlive their submitter. */
class RecoveryIT {
  private final Lab lab = new Lab();

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  @Test
  void aWorkerGoesOnAfterEverythingWasFlushed() throws Exception {
    RedisTransport transport = lab.transport();
    BlockingQueue<TaskDelivery> got = lab.work(transport, 5);
    lab.submit(transport, "before", Duration.ZERO);
    TaskDelivery before = Lab.next(got);

    lab.flush();
    lab.submit(transport, "after", Duration.ZERO);

    assertThat(Lab.text(Lab.next(got))).isEqualTo("after");
    lab.get(before.done());
    assertThat(lab.voids(Lab.TASK.name())).isEqualTo(1);
  }

  @Test
  void aReaderGoesOnAfterEverythingWasFlushed() throws Exception {
    RedisTransport transport = lab.transport();
    BlockingQueue<Delivery> got = lab.read(transport, Start.EARLIEST, 5);
    lab.publish(transport, "k", "before");
    Delivery before = Lab.next(got);

    lab.flush();
    lab.publish(transport, "k", "after");
    lab.get(before.done());

    assertThat(Lab.text(Lab.next(got))).isEqualTo("after");
    assertThat(lab.voids(Lab.EVENT.name())).isEqualTo(1);
  }

  @Test
  void anEntryOfAForeignClientWithNothingButABodyIsAValidTask() throws Exception {
    BlockingQueue<TaskDelivery> got = lab.work(lab.transport(), 1);

    String id = lab.redis().xadd(lab.tasks.work(), Map.of("data", "from outside"));

    TaskDelivery delivery = Lab.next(got);
    assertThat(Lab.text(delivery)).isEqualTo("from outside");
    assertThat(delivery.envelope().id()).isEqualTo(id);
    assertThat(delivery.envelope().contract()).isEqualTo(Lab.TASK.name());
    assertThat(delivery.attempt()).isEqualTo(1);
    lab.get(delivery.retry(Duration.ZERO, Lab.BROKE));
    assertThat(Lab.next(got).attempt()).isEqualTo(2);
  }

  @Test
  void hostileTasksGoToTheDeadLettersUntouchedAndTheLoopGoesOn() throws Exception {
    RedisTransport transport = lab.transport();
    BlockingQueue<TaskDelivery> got = lab.work(transport, 2);

    lab.redis().xadd(lab.tasks.work(), Map.of("nonsense", "\u0000\uFFFD"));
    lab.redis().xadd(lab.tasks.work(), manyFields());
    lab.redis()
        .xadd(
            lab.tasks.work(),
            Map.of("data", "odd", "attempt", "-x", "time", "?", "expires", "soon"));
    lab.submit(transport, "healthy", Duration.ZERO);

    assertThat(Lab.text(Lab.next(got))).isEqualTo("odd");
    assertThat(Lab.text(Lab.next(got))).isEqualTo("healthy");
    await().until(() -> lab.redis().xlen(lab.tasks.dead()) == 2);
    assertThat(
            lab.redis()
                .xrange(lab.tasks.dead(), io.lettuce.core.Range.unbounded())
                .get(0)
                .getBody())
        .containsEntry("nonsense", "\u0000\uFFFD")
        .containsEntry("reason", "malformed");
  }

  private static Object[] manyFields() {
    return IntStream.range(0, 6_000).mapToObj(i -> (Object) ("f" + i)).toArray();
  }

  @Test
  void hostileEventsGoToTheGroupsDeadLettersAndRedrivenOnesToThisGroupAlone() throws Exception {
    RedisTransport transport = lab.transport();
    BlockingQueue<Delivery> got = lab.read(transport, Start.EARLIEST, 2);
    Topology.EventKeys keys = new Topology(lab.space).event(Lab.EVENT.name(), "readers");
    lab.redis().xadd(keys.log(), Map.of("nonsense", "1"));
    lab.publish(transport, "k", "poison");
    lab.get(Lab.next(got).deadLetter("attempts", Lab.BROKE));
    var dead = transport.deadEvents(Lab.EVENT, "readers");
    await().until(() -> lab.get(dead.count()) == 2);
    List<Letter> letters = new ArrayList<>();

    lab.get(
        dead.sweep(
            letter -> {
              letters.add(letter);
              return letter.reason().equals("attempts") ? Choice.REDRIVE : Choice.KEEP;
            },
            lab.soon()));

    assertThat(letters).extracting(Letter::reason).containsExactly("malformed", "attempts");
    Delivery again = Lab.next(got);
    assertThat(Lab.text(again)).isEqualTo("poison");
    assertThat(again.redrive()).isEqualTo(1);
    lab.get(again.done());
    assertThat(lab.redis().xlen(keys.redriven())).isZero();
    assertThat(lab.redis().xlen(keys.log())).isEqualTo(2);
  }

  @Test
  void aDelayedTaskOutlivesItsSubmitterAndEveryWorker() throws Exception {
    RedisTransport first = lab.transport();
    lab.submit(first, "later", Duration.ofMillis(700));
    first.close();
    assertThat(lab.redis().zcard(lab.tasks.delayed())).isEqualTo(1);
    assertThat(lab.redis().xlen(lab.tasks.work())).isZero();

    TaskDelivery delivery = Lab.next(lab.work(lab.transport(), 1));

    assertThat(delivery.envelope().body()).isEqualTo("later".getBytes(StandardCharsets.UTF_8));
    lab.get(delivery.done());
    assertThat(lab.redis().exists(lab.tasks.delayed(), lab.tasks.payloads())).isZero();
  }
}
