package dev.comms.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.redis.Lease.Tenure;
import dev.comms.spi.Delivery;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import io.lettuce.core.Consumer;
import io.lettuce.core.XReadArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who reads for a group, and who takes over. */
class EventLeaseIT {
  private final Lab lab = new Lab();
  private final Topology.EventKeys keys =
      new Topology(lab.space).event(Lab.EVENT.name(), "readers");

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  @Test
  void oneMemberReadsAndTheOtherTakesOverInOrderWhenItVanishes() throws Exception {
    Wire wire = lab.wire();
    BlockingQueue<Delivery> first =
        lab.read(lab.transport(lab.config(wire.address())), Start.EARLIEST, 4);
    RedisTransport healthy = lab.transport();
    for (int i = 0; i < 4; i++) {
      lab.publish(healthy, "k", "e" + i);
    }
    List<Delivery> held = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      held.add(Lab.next(first));
    }
    lab.get(held.get(0).done());
    BlockingQueue<Delivery> second = lab.read(healthy, Start.EARLIEST, 100);
    for (int i = 4; i < 8; i++) {
      lab.publish(healthy, "k", "e" + i);
    }
    assertThat(Lab.text(Lab.next(first))).isEqualTo("e4");
    await().during(Lab.LEASE).atMost(Duration.ofSeconds(20)).until(second::isEmpty);

    wire.cut();

    List<String> order = new ArrayList<>();
    for (int i = 1; i < 8; i++) {
      Delivery delivery = Lab.next(second);
      order.add(Lab.text(delivery));
      assertThat(delivery.crashes()).isEqualTo(i < 5 ? 1 : 0);
      lab.get(delivery.done());
    }
    assertThat(order).containsExactly("e1", "e2", "e3", "e4", "e5", "e6", "e7");
    lab.get(held.get(1).done());
    assertThat(lab.voids(Lab.EVENT.name())).isEqualTo(1);
  }

  @Test
  void aMemberThatLeavesInOrderIsFollowedAtOnceAndIsNoCrash() throws Exception {
    RedisConfig slow = lab.config(lab.server).lease(Duration.ofMinutes(5));
    RedisTransport transport = lab.transport(slow);
    BlockingQueue<Delivery> first = new LinkedBlockingQueue<>();
    Subscription leaving = lab.subscribe(transport, Start.EARLIEST, 1, first);
    lab.publish(transport, "k", "handed over");
    Lab.next(first);
    BlockingQueue<Delivery> second = lab.read(lab.transport(slow), Start.EARLIEST, 1);

    leaving.close();

    Delivery again = Lab.next(second);
    assertThat(Lab.text(again)).isEqualTo("handed over");
    assertThat(again.crashes()).isZero();
  }

  @Test
  void whatATenureRecoversFromItselfIsNoCrash() throws Exception {
    Wire wire = lab.wire();
    RedisConfig slow = lab.config(wire.address()).lease(Duration.ofMinutes(5));
    BlockingQueue<Delivery> got = new LinkedBlockingQueue<>();
    RedisTransport cutOff = lab.transport(slow);
    Subscription subscription = lab.subscribe(cutOff, Start.EARLIEST, 10, got);
    RedisTransport healthy = lab.transport();
    lab.publish(healthy, "k", "read");
    lab.get(Lab.next(got).done());
    subscription.pause();
    await().until(() -> answerLost(healthy, "never seen"));
    wire.cut();
    subscription.resume();
    // A loss always comes with a failure that the reader sees; this one must be seen, too.
    await().until(() -> cutOff.health().parts().stream().anyMatch(EventLeaseIT::readsInVain));

    wire.mend();

    Delivery recovered = Lab.next(got);
    assertThat(Lab.text(recovered)).isEqualTo("never seen");
    assertThat(recovered.crashes()).isZero();
  }

  private static boolean readsInVain(Health.Part part) {
    return part.name().startsWith("events ") && part.state() == Health.State.DOWN;
  }

  /** Reads as the leased reader does, to whom the answer does not come; false if it was faster. */
  private boolean answerLost(RedisTransport transport, String text) {
    lab.publish(transport, "k", text);
    return !readWithoutAnswer().isEmpty();
  }

  @SuppressWarnings("unchecked") // an array of generic arguments, as the client's API wants it
  private List<?> readWithoutAnswer() {
    return lab.redis()
        .xreadgroup(
            Consumer.from("readers", Topology.READER),
            XReadArgs.StreamOffset.lastConsumed(keys.log()));
  }

  @Test
  void onlyTheFirstWalkOfATenureCountsACrash() {
    Session session = new Session(lab.config(lab.server));
    lab.owns(session);
    lab.get(session.connect(lab.host()));
    lab.redis().set(keys.lease(), "me/1");
    lab.get(Topology.declare(session, keys.log(), "readers", "0").toCompletableFuture());
    lab.get(Topology.declare(session, keys.redriven(), "readers", "0").toCompletableFuture());
    lab.redis().xadd(keys.log(), Map.of("data", "x"));
    readWithoutAnswer();
    Pending pending = new Pending(session, keys, "readers");

    pending.begin();
    assertThat(walk(pending)).isEqualTo(1);
    for (int i = 0; i < 5; i++) {
      pending.again();
      assertThat(walk(pending)).isEqualTo(1);
    }
    pending.begin();
    pending.again();
    assertThat(walk(pending)).isEqualTo(2);
  }

  private int walk(Pending pending) {
    List<Entry> found = new ArrayList<>();
    while (pending.left()) {
      List<Object> page = lab.get(pending.page(new Tenure("me/1"), 10, new Held()));
      if (pending.took(page)) {
        found.addAll(Entry.scripted(page, 2));
      }
    }
    assertThat(found).hasSize(1);
    return EnvelopeMapper.crashes(found.get(0));
  }

  @Test
  void aDeadLetterThatRedisRefusesFailsAndTheEventComesAgain() throws Exception {
    RedisTransport transport = lab.transport();
    BlockingQueue<Delivery> got = lab.read(transport, Start.EARLIEST, 1);
    lab.redis().set(keys.dead(), "not a stream");
    lab.publish(transport, "k", "stubborn");

    CommsException failure = lab.failure(Lab.next(got).deadLetter("attempts", Lab.BROKE));

    assertThat(failure).isInstanceOf(Misconfigured.class).hasMessageContaining("WRONGTYPE");
    Delivery again = Lab.next(got);
    assertThat(Lab.text(again)).isEqualTo("stubborn");
    assertThat(again.crashes()).isZero();
    lab.redis().del(keys.dead());
    lab.get(again.deadLetter("attempts", Lab.BROKE));
    assertThat(lab.redis().xlen(keys.dead())).isEqualTo(1);
  }

  @Test
  void settlingUnderALeaseThatSomebodyElseTookIsVoidAndTheEventComesAgain() throws Exception {
    RedisTransport transport = lab.transport();
    BlockingQueue<Delivery> got = lab.read(transport, Start.EARLIEST, 1);
    lab.publish(transport, "k", "fenced");
    Delivery delivery = Lab.next(got);
    assertThat(delivery.revoked()).isFalse();

    lab.redis().set(keys.lease(), "somebody/99");
    lab.get(delivery.done());
    await().until(delivery::revoked);
    assertThat(lab.voids(Lab.EVENT.name())).isEqualTo(1);
    assertThat(lab.redis().xpending(keys.log(), "readers").getCount()).isEqualTo(1);
    lab.redis().del(keys.lease());

    assertThat(Lab.text(Lab.next(got))).isEqualTo("fenced");
  }
}
