package dev.comms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyLanesTest {
  private static final int ADDERS = 8;
  private static final int KEYS = 1_000;
  private static final int JOBS = 100_000;
  private static final int AT_A_TIME = 4;

  private final List<String> begun = new ArrayList<>();

  private record Named(@Nullable String key, Runnable work) implements Lanes.Job {
    @Override
    public void begin() {
      work.run();
    }
  }

  private Named job(@Nullable String key, String name) {
    return new Named(key, () -> begun.add(name));
  }

  @Test
  void oneOfAKeyAtATimeInTheOrderOfArrival() {
    KeyLanes lanes = new KeyLanes(10);
    Named first = job("k", "first");
    Named second = job("k", "second");
    lanes.add(first);
    lanes.add(second);
    lanes.add(job("other", "other"));
    assertThat(begun).containsExactly("first", "other");
    lanes.end(first);
    lanes.end(second);
    lanes.add(job("k", "third"));
    assertThat(begun).containsExactly("first", "other", "second", "third");
  }

  @Test
  void whatHasNoKeyWaitsForNobody() {
    KeyLanes lanes = new KeyLanes(10);
    lanes.add(job(null, "first"));
    lanes.add(job(null, "second"));
    assertThat(begun).containsExactly("first", "second");
  }

  @Test
  void noMoreThanSoManyAreBegunAtATime() {
    KeyLanes lanes = new KeyLanes(2);
    Named first = job("a", "a");
    lanes.add(first);
    lanes.add(job("b", "b"));
    lanes.add(job("c", "c"));
    assertThat(begun).containsExactly("a", "b");
    lanes.end(first);
    assertThat(begun).containsExactly("a", "b", "c");
  }

  @Test
  void aParkedJobFreesItsPlaceAndKeepsItsKey() {
    KeyLanes lanes = new KeyLanes(1);
    Named first = job("k", "first");
    lanes.add(first);
    lanes.add(job("k", "second"));
    Named other = job("other", "other");
    lanes.add(other);
    lanes.park(first);
    assertThat(begun).containsExactly("first", "other");
    lanes.resume(first);
    assertThat(begun).as("no place yet").containsExactly("first", "other");
    lanes.end(other);
    assertThat(begun).containsExactly("first", "other", "first");
    lanes.end(first);
    assertThat(begun).containsExactly("first", "other", "first", "second");
  }

  @Test
  void jobsThatEndAtOnceDoNotDeepenTheStack() {
    KeyLanes lanes = new KeyLanes(1);
    AtomicInteger done = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(1);
    Named gate = new Named("k", () -> {});
    lanes.add(gate);
    for (int i = 0; i < JOBS; i++) {
      lanes.add(
          new Lanes.Job() {
            @Override
            public String key() {
              return "k";
            }

            @Override
            public void begin() {
              if (done.incrementAndGet() == JOBS) {
                all.countDown();
              }
              lanes.end(this);
            }
          });
    }
    lanes.end(gate);
    assertThat(all.getCount()).isZero();
    assertThat(done).hasValue(JOBS);
  }

  /** Counts what goes wrong, so that no thread has to assert. */
  private static final class Load {
    final KeyLanes lanes = new KeyLanes(AT_A_TIME);
    final ExecutorService workers = Executors.newFixedThreadPool(AT_A_TIME);
    final ConcurrentHashMap<String, AtomicInteger> last = new ConcurrentHashMap<>();
    final ConcurrentHashMap<String, AtomicInteger> running = new ConcurrentHashMap<>();
    final AtomicInteger underWay = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicInteger disorder = new AtomicInteger();
    final AtomicInteger together = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();

    final class Numbered implements Lanes.Job {
      private final String key;
      private final int number;
      private boolean parkedOnce;

      Numbered(String key, int number) {
        this.key = key;
        this.number = number;
      }

      @Override
      public String key() {
        return key;
      }

      @Override
      public void begin() {
        most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        workers.execute(this::work);
      }

      private void work() {
        if (running.computeIfAbsent(key, k -> new AtomicInteger()).incrementAndGet() > 1) {
          together.incrementAndGet();
        }
        boolean park = !parkedOnce && ThreadLocalRandom.current().nextInt(10) == 0;
        if (!park
            && last.computeIfAbsent(key, k -> new AtomicInteger()).getAndSet(number) >= number) {
          disorder.incrementAndGet();
        }
        running.get(key).decrementAndGet();
        underWay.decrementAndGet();
        if (park) {
          parkedOnce = true;
          lanes.park(this);
          lanes.resume(this);
        } else {
          ended.incrementAndGet();
          lanes.end(this);
        }
      }
    }
  }

  @Test
  void underContentionEachKeyKeepsItsOrder() throws Exception {
    Load load = new Load();
    ExecutorService adders = Executors.newFixedThreadPool(ADDERS);
    try {
      for (int adder = 0; adder < ADDERS; adder++) {
        int mine = adder;
        // Each key belongs to one adder, so that its order of arrival is known.
        adders.execute(
            () -> {
              for (int i = 0; i < JOBS / ADDERS; i++) {
                int key = mine + ADDERS * (i % (KEYS / ADDERS));
                load.lanes.add(load.new Numbered("key-" + key, i + 1));
              }
            });
      }
      adders.shutdown();
      assertThat(adders.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      await().atMost(Duration.ofSeconds(60)).until(() -> load.ended.get() == JOBS);
    } finally {
      adders.shutdownNow();
      load.workers.shutdownNow();
    }
    assertThat(load.disorder).as("out of order").hasValue(0);
    assertThat(load.together).as("two of a key at once").hasValue(0);
    assertThat(load.most.get())
        .as("begun at a time")
        .isLessThanOrEqualTo(AT_A_TIME)
        .isGreaterThan(1);
    assertThat(load.last).hasSize(KEYS);
  }
}
