package dev.comms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.policy.Policies;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** With real contention: many who give work, while it is resized, given up and ended. */
class CrewTest {
  private static final int GIVERS = 4;
  private static final int EACH = 5_000;

  private final Engine engine =
      new Engine(
          "crew-test",
          new SimpleMeterRegistry(),
          Time.system(),
          Policies.standard(),
          OpenTelemetry.noop(),
          Runnable::run);
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostAtATime = new AtomicInteger();
  private final AtomicInteger ran = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();
  private final Queue<String> twice = new ConcurrentLinkedQueue<>();

  private Crew crew(int most, int places) {
    return new Crew("crew-test", HandlerThreads.of(engine, "crew-test"), most, places, () -> {});
  }

  private class One implements Crew.Work {
    private final AtomicBoolean ended = new AtomicBoolean();

    @Override
    public void run() {
      int now = running.incrementAndGet();
      mostAtATime.accumulateAndGet(now, Math::max);
      work();
      running.decrementAndGet();
      end(ran);
    }

    void work() {}

    private void end(AtomicInteger how) {
      how.incrementAndGet();
      if (!ended.compareAndSet(false, true)) {
        twice.add("ended twice");
      }
    }

    @Override
    public void refuse() {
      end(refused);
    }

    @Override
    public void drop() {
      end(dropped);
    }

    @Override
    public void interrupt() {}
  }

  /** Keeps its thread until it is let go. */
  private final class Stubborn extends One {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch let;

    Stubborn(CountDownLatch let) {
      this.let = let;
    }

    @Override
    void work() {
      begun.countDown();
      boolean done = false;
      while (!done) {
        try {
          let.await();
          done = true;
        } catch (InterruptedException ignored) {
          // as such handlers do
        }
      }
    }
  }

  private List<Thread> givers(Crew crew) {
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < GIVERS; i++) {
      Thread giver =
          new Thread(
              () -> {
                for (int n = 0; n < EACH; n++) {
                  crew.execute(new One());
                }
              },
              "giver-" + i);
      giver.start();
      all.add(giver);
    }
    return all;
  }

  @Test
  void eachWorkEndsInOneWayAndNoMoreRunAtATimeThanAllowed() throws Exception {
    Crew crew = crew(4, GIVERS * EACH);
    List<Thread> givers = givers(crew);
    for (int i = 0; i < 500; i++) {
      crew.resize(1 + i % 8);
    }
    for (Thread giver : givers) {
      giver.join();
    }
    crew.resize(8);
    crew.quiet().get(60, TimeUnit.SECONDS);
    assertThat(ran).hasValue(GIVERS * EACH);
    assertThat(refused).hasValue(0);
    assertThat(mostAtATime.get()).isLessThanOrEqualTo(8);
    assertThat(twice).isEmpty();
    crew.close(Deadline.after(Time.system(), Duration.ofSeconds(10)));
  }

  @Test
  void whatCrowdsAtItsEndIsRunRefusedOrDroppedAndNothingIsForgotten() throws Exception {
    Crew crew = crew(3, 100);
    List<Thread> givers = givers(crew);
    await().until(() -> ran.get() + refused.get() > 1_000);
    crew.interrupt();
    for (Thread giver : givers) {
      giver.join();
    }
    await().until(() -> ran.get() + refused.get() + dropped.get() == GIVERS * EACH);
    assertThat(twice).isEmpty();
    crew.close(Deadline.after(Time.system(), Duration.ofSeconds(10)));
  }

  @Test
  void whenAllThreadsAreLostWhatWaitsIsRefusedAndLaterItGoesOn() throws Exception {
    CountDownLatch let = new CountDownLatch(1);
    Crew crew = crew(1, 10);
    CountDownLatch firstLet = new CountDownLatch(1);
    Stubborn first = new Stubborn(firstLet);
    crew.execute(first);
    first.begun.await();
    crew.abandon(first);
    Stubborn second = new Stubborn(let);
    crew.execute(second);
    second.begun.await();
    One waits = new One();
    crew.execute(waits);
    assertThat(refused).hasValue(0);

    crew.abandon(second);

    assertThat(crew.stuck()).isTrue();
    assertThat(waits.ended).as("it would wait as long as a stubborn handler likes").isTrue();
    assertThat(refused).hasValue(1);
    crew.execute(new One());
    assertThat(refused).hasValue(2);
    firstLet.countDown();
    await().until(() -> !crew.stuck());
    int atFirst = ran.get();
    crew.execute(new One());
    await().until(() -> ran.get() == atFirst + 1);
    assertThat(crew.abandoned()).as("still lost").isEqualTo(1);
    let.countDown();
    await().until(() -> crew.abandoned() == 0);
    int before = ran.get();
    crew.execute(new One());
    await().until(() -> ran.get() == before + 1);
    crew.close(Deadline.after(Time.system(), Duration.ofSeconds(10)));
  }
}
