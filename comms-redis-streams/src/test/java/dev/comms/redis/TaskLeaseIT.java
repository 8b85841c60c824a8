package dev.comms.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.spi.TaskDelivery;
import io.lettuce.core.Consumer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of tasks whose worker is gone, slow, or no longer theirs. */
class TaskLeaseIT {
  private final Lab lab = new Lab();

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  @Test
  void aTaskOfAWorkerThatVanishedRunsElsewhereAndTheCrashIsCounted() throws Exception {
    Wire wire = lab.wire();
    BlockingQueue<TaskDelivery> vanishing = lab.work(lab.transport(lab.config(wire.address())), 1);
    RedisTransport other = lab.transport();
    String id = lab.submit(other, "orphan", Duration.ZERO);
    TaskDelivery orphan = Lab.next(vanishing);
    assertThat(orphan.crashes()).isZero();

    wire.cut();

    TaskDelivery again = Lab.next(lab.work(other, 1));
    assertThat(again.envelope().id()).isEqualTo(id);
    assertThat(again.crashes()).isEqualTo(1);
    assertThat(again.attempt()).isEqualTo(1);
    lab.get(orphan.done());
    assertThat(lab.voids(Lab.TASK.name())).isEqualTo(1);
    lab.get(again.done());
    assertThat(lab.redis().xlen(lab.tasks.work())).isZero();
  }

  @Test
  void settlingWhatSomebodyElseHasTakenIsVoid() throws Exception {
    RedisTransport transport = lab.transport();
    BlockingQueue<TaskDelivery> got = lab.work(transport, 3);
    for (int i = 0; i < 3; i++) {
      lab.submit(transport, "taken", Duration.ZERO);
    }
    TaskDelivery stolen = Lab.next(got);
    assertThat(stolen.revoked()).isFalse();
    steal(stolen);
    await().until(stolen::revoked);
    lab.get(stolen.done());
    lab.get(steal(Lab.next(got)).retry(Duration.ofSeconds(1), Lab.BROKE));
    lab.get(steal(Lab.next(got)).deadLetter("attempts", Lab.BROKE));

    assertThat(lab.voids(Lab.TASK.name())).isEqualTo(3);
    assertThat(lab.redis().xlen(lab.tasks.work())).isEqualTo(3);
    assertThat(lab.redis().xlen(lab.tasks.dead())).isZero();
    assertThat(lab.redis().zcard(lab.tasks.delayed())).isZero();
    assertThat(lab.redis().xpending(lab.tasks.work(), Topology.WORKERS).getCount()).isEqualTo(3);
  }

  private TaskDelivery steal(TaskDelivery delivery) {
    String id = ((RedisTaskDelivery) delivery).entry.id();
    lab.redis().xclaim(lab.tasks.work(), Consumer.from(Topology.WORKERS, "thief"), 0, id);
    return delivery;
  }

  @Test
  void aTaskThatRunsLongerThanTheLeaseStaysWithItsWorker() throws Exception {
    RedisTransport transport = lab.transport();
    BlockingQueue<TaskDelivery> first = lab.work(transport, 1);
    lab.submit(transport, "slow", Duration.ZERO);
    TaskDelivery slow = Lab.next(first);
    BlockingQueue<TaskDelivery> second = lab.work(lab.transport(), 1);

    await().during(Lab.LEASE.multipliedBy(2)).atMost(Duration.ofSeconds(30)).until(second::isEmpty);

    lab.get(slow.done());
    assertThat(lab.voids(Lab.TASK.name())).isZero();
    assertThat(lab.redis().xlen(lab.tasks.work())).isZero();
  }

  @Test
  void aWorkerThatLeavesInOrderIsNoCrash() throws Exception {
    RedisTransport leaving = lab.transport();
    BlockingQueue<TaskDelivery> got = lab.work(leaving, 1);
    lab.submit(leaving, "given back", Duration.ZERO);
    Lab.next(got);
    leaving.close();

    TaskDelivery again = Lab.next(lab.work(lab.transport(), 1));

    assertThat(again.crashes()).isZero();
    assertThat(again.attempt()).isEqualTo(1);
    assertThat(lab.redis().xinfoConsumers(lab.tasks.work(), Topology.WORKERS)).hasSize(1);
  }

  @Test
  void aBrokenConnectionIsReplacedAndNothingIsLost() throws Exception {
    Wire wire = lab.wire();
    RedisTransport transport = lab.transport(lab.config(wire.address()));
    BlockingQueue<TaskDelivery> got = lab.work(transport, 1);
    lab.submit(transport, "held", Duration.ZERO);
    TaskDelivery held = Lab.next(got);

    wire.reset();
    lab.get(held.done());
    lab.redis().xadd(lab.tasks.work(), Map.of("data", "after"));

    assertThat(Lab.text(Lab.next(got))).isEqualTo("after");
    assertThat(lab.voids(Lab.TASK.name())).isZero();
  }
}
