package dev.comms.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.spi.Delivery;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who reads for a group, and who takes over. */
class EventLeaseIT {
  private final Lab lab = new Lab();

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
  void settlingUnderALeaseThatSomebodyElseTookIsVoidAndTheEventComesAgain() throws Exception {
    RedisTransport transport = lab.transport();
    BlockingQueue<Delivery> got = lab.read(transport, Start.EARLIEST, 1);
    Topology.EventKeys keys = new Topology(lab.space).event(Lab.EVENT.name(), "readers");
    lab.publish(transport, "k", "fenced");
    Delivery delivery = Lab.next(got);
    assertThat(delivery.revoked()).isFalse();

    lab.redis().set(keys.lease(), "somebody/99");
    lab.get(delivery.done());
    assertThat(delivery.revoked()).isTrue();
    assertThat(lab.voids(Lab.EVENT.name())).isEqualTo(1);
    assertThat(lab.redis().xpending(keys.log(), "readers").getCount()).isEqualTo(1);
    lab.redis().del(keys.lease());

    assertThat(Lab.text(Lab.next(got))).isEqualTo("fenced");
  }
}
