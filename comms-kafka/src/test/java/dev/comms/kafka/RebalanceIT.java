package dev.comms.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.kafka.KafkaConfig.Protocol;
import dev.comms.spi.Delivery;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.spi.Subscription;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Members come and go while events flow: nothing is lost, and each key keeps its order. */
class RebalanceIT {
  private static final int KEYS = 20;
  private static final int PER_KEY = 60;

  private final Rig rig = new Rig();
  private final Map<String, List<Integer>> handled = new ConcurrentHashMap<>();
  private final List<ExecutorService> lanes = new ArrayList<>();

  @AfterEach
  void close() {
    rig.close();
    lanes.forEach(ExecutorService::shutdownNow);
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void nothingIsLostAndEachKeyKeepsItsOrder(Protocol protocol) throws Exception {
    KafkaConfig config = rig.config().protocol(protocol);
    KafkaTransport publisher = rig.attach(config);
    KafkaTransport first = rig.attach(config);
    Subscription one = join(first);
    publish(publisher, 0, 20);
    await().atMost(Rig.LONG).until(() -> count() > KEYS * 5);

    KafkaTransport second = rig.attach(config);
    Subscription two = join(second);
    publish(publisher, 20, 40);
    await().atMost(Rig.LONG).until(() -> share(two) > 0 && share(one) > 0);
    publish(publisher, 40, 50);

    first.close();
    publish(publisher, 50, PER_KEY);
    await().atMost(Rig.LONG).untilAsserted(() -> assertThat(distinct()).isEqualTo(KEYS * PER_KEY));

    assertThat(share(two)).isEqualTo(3);
    int duplicates = 0;
    for (int key = 0; key < KEYS; key++) {
      List<Integer> all = handled.get("key " + key);
      Set<Integer> once = new LinkedHashSet<>(all);
      assertThat(once).as("key %d, without its duplicates", key).hasSize(PER_KEY);
      assertThat(new ArrayList<>(once)).as("order of key %d", key).isSorted();
      duplicates += all.size() - once.size();
    }
    // Only what was unsettled when the first member ended at once may come twice.
    assertThat(duplicates).as("duplicates").isLessThanOrEqualTo(30);
  }

  private Subscription join(KafkaTransport transport) {
    List<ExecutorService> own = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      own.add(Executors.newSingleThreadExecutor(work -> new Thread(work, "lane")));
    }
    lanes.addAll(own);
    return transport.subscribe(
        List.of(Rig.EVENT),
        new Subscriber("g", Start.EARLIEST),
        30,
        delivery -> {
          int lane = Math.floorMod(String.valueOf(delivery.envelope().key()).hashCode(), 4);
          own.get(lane).execute(() -> handle(delivery));
        });
  }

  private void handle(Delivery delivery) {
    if (delivery.revoked()) {
      delivery.giveBack();
      return;
    }
    // As long as a handler takes: rebalances must find some at work.
    try {
      new CountDownLatch(1).await(2, TimeUnit.MILLISECONDS);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
    handled
        .computeIfAbsent(
            String.valueOf(delivery.envelope().key()),
            key -> Collections.synchronizedList(new ArrayList<>()))
        .add(Integer.valueOf(Rig.text(delivery.envelope())));
    delivery.done();
  }

  private static void publish(KafkaTransport publisher, int from, int to) {
    for (int i = from; i < to; i++) {
      List<CompletableFuture<Void>> round = new ArrayList<>();
      for (int key = 0; key < KEYS; key++) {
        round.add(
            publisher.publish(
                Rig.EVENT, Rig.message("key " + key, String.valueOf(i)), Rig.in(Rig.LONG)));
      }
      round.forEach(Rig::get);
    }
  }

  private static int share(Subscription member) {
    String assigned = member.health().parts().get(0).facts().get("assigned");
    return assigned.isEmpty() ? 0 : assigned.split(",").length;
  }

  private int count() {
    return handled.values().stream().mapToInt(List::size).sum();
  }

  private int distinct() {
    return handled.values().stream()
        .mapToInt(
            list -> {
              synchronized (list) {
                return new LinkedHashSet<>(list).size();
              }
            })
        .sum();
  }
}
