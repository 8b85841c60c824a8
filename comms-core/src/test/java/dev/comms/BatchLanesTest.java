package dev.comms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Time;
import dev.comms.policy.Policies;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BatchLanesTest {
  private static final int ADDERS = 4;
  private static final int KEYS = 100;
  private static final int JOBS = 40_000;
  private static final int AT_A_TIME = 3;

  /** Counts what goes wrong, so that no thread has to assert. */
  private static final class Load {
    final ExecutorService workers = Executors.newFixedThreadPool(AT_A_TIME);
    final ConcurrentHashMap<String, AtomicInteger> last = new ConcurrentHashMap<>();
    final ConcurrentHashMap<String, AtomicInteger> owner = new ConcurrentHashMap<>();
    final AtomicInteger disorder = new AtomicInteger();
    final AtomicInteger shared = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();
    final AtomicInteger underWay = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicInteger number = new AtomicInteger();
    final BatchLanes lanes =
        new BatchLanes(
            new Engine(
                "batch-lanes-test",
                new SimpleMeterRegistry(),
                Time.system(),
                Policies.standard(),
                OpenTelemetry.noop(),
                Runnable::run),
            Batch.of(20).within(Duration.ofMillis(1)),
            AT_A_TIME,
            null,
            this::run);

    void run(List<Lanes.Job> jobs, Runnable over) {
      most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
      workers.execute(() -> work(jobs, over));
    }

    private void work(List<Lanes.Job> jobs, Runnable over) {
      int mine = number.incrementAndGet();
      boolean fails = jobs.size() > 1 && ThreadLocalRandom.current().nextInt(10) == 0;
      for (Lanes.Job job : jobs) {
        int before =
            owner.computeIfAbsent(job.key() + "", k -> new AtomicInteger()).getAndSet(mine);
        if (before != 0 && before != mine) {
          shared.incrementAndGet();
        }
      }
      if (!fails) {
        jobs.forEach(job -> note((Numbered) job));
      }
      jobs.forEach(job -> owner.get(job.key() + "").set(0));
      underWay.decrementAndGet();
      for (Lanes.Job job : jobs) {
        if (fails) {
          lanes.park(job);
          lanes.resume(job);
        } else {
          lanes.end(job);
        }
      }
      over.run();
    }

    private void note(Numbered job) {
      AtomicInteger seen = last.computeIfAbsent(job.key(), k -> new AtomicInteger());
      if (seen.getAndSet(job.number()) != job.number() - 1) {
        disorder.incrementAndGet();
      }
      ended.incrementAndGet();
    }
  }

  private record Numbered(String key, int number) implements Lanes.Job {
    @Override
    public void begin() {
      throw new IllegalStateException("its batch is begun instead");
    }
  }

  @Test
  void underContentionEachKeyKeepsItsOrderAlsoWhenBatchesFail() throws Exception {
    Load load = new Load();
    ExecutorService adders = Executors.newFixedThreadPool(ADDERS);
    try {
      for (int adder = 0; adder < ADDERS; adder++) {
        int mine = adder;
        // Each key belongs to one adder, so that its order of arrival is known.
        adders.execute(
            () -> {
              int each = KEYS / ADDERS;
              for (int i = 0; i < JOBS / ADDERS; i++) {
                String key = "key-" + (mine + ADDERS * (i % each));
                load.lanes.add(new Numbered(key, i / each + 1));
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
    assertThat(load.shared).as("one key in two batches at once").hasValue(0);
    assertThat(load.most.get()).isLessThanOrEqualTo(AT_A_TIME).isGreaterThan(1);
  }

  private static final class Flagged implements Lanes.Job {
    private boolean comesAgain;

    @Override
    public String key() {
      return "k";
    }

    @Override
    public void begin() {}

    @Override
    public void comeAgain() {
      comesAgain = true;
    }
  }

  @Test
  void onlyWhatIsBehindOneThatGoesBackGoesBackWithIt() {
    List<List<Lanes.Job>> batches = new ArrayList<>();
    Engine engine =
        new Engine(
            "batch-lanes-test",
            new SimpleMeterRegistry(),
            Time.system(),
            Policies.standard(),
            OpenTelemetry.noop(),
            Runnable::run);
    BatchLanes lanes =
        new BatchLanes(
            engine,
            Batch.of(3).within(Duration.ofSeconds(20)),
            1,
            null,
            (jobs, over) -> batches.add(jobs));
    List<Flagged> jobs = List.of(new Flagged(), new Flagged(), new Flagged(), new Flagged());
    jobs.forEach(lanes::add);
    assertThat(batches).hasSize(1);
    assertThat(batches.get(0)).hasSize(3);

    lanes.returnFollowers(jobs.get(1));

    assertThat(jobs).extracting(one -> one.comesAgain).containsExactly(false, false, true, true);
  }
}
