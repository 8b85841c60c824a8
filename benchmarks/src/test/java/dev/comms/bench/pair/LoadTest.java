package dev.comms.bench.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class LoadTest {
  private static final long ROUND = TimeUnit.MILLISECONDS.toNanos(300);

  /** Answers at once, but the operation with this number only after a pause. */
  private static Side stalling(int number, long nanos) {
    return new Side() {
      private int count;

      @Override
      public void one() {
        if (++count == number) {
          long end = System.nanoTime() + nanos;
          while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
          }
        }
      }

      @Override
      public void begin(Done done) {
        one();
        done.accept(null, null);
      }

      @Override
      public void close() {}
    };
  }

  /** A hundred operations were due in the stall; a loop that waited would have seen one. */
  @Test
  void anOpenLoopChargesAStallToAllWhoWereDueInIt() throws Exception {
    try (Load load = new Load(stalling(50, TimeUnit.MILLISECONDS.toNanos(100)), 0)) {
      Measured round = load.round(Mode.OPEN, ROUND, 1_000);

      assertThat(round.operations()).isEqualTo(300);
      assertThat(round.p99()).isGreaterThan(80_000);
    }
  }

  @Test
  void aHandicapIsBurnedInEachOperation() throws Exception {
    long handicap = TimeUnit.MILLISECONDS.toNanos(1);

    try (Load load = new Load(stalling(0, 0), handicap)) {
      Measured round = load.round(Mode.ONE, ROUND, 0);

      assertThat(round.operations()).isBetween(1L, 300L);
      assertThat(round.p50()).isGreaterThanOrEqualTo(999);
    }
  }

  @Test
  void anOperationThatFailsEndsTheMeasurement() {
    Side failing =
        new Side() {
          @Override
          public void one() {
            throw new IllegalStateException("no");
          }

          @Override
          public void begin(Done done) {
            done.accept(null, new IllegalStateException("broken"));
          }

          @Override
          public void close() {}
        };

    try (Load load = new Load(failing, 0)) {
      assertThatThrownBy(() -> load.round(Mode.ASYNC, ROUND, 0)).hasMessageContaining("broken");
      assertThatThrownBy(() -> load.round(Mode.MANY, ROUND, 0)).hasMessageContaining("no");
    }
  }

  /** Each of them waits until all are there: fewer threads would wait for ever. */
  @Test
  void manyCallersAskAtATimeAndTheirThreadsStayForTheNextRound() throws Exception {
    Set<String> threads = ConcurrentHashMap.newKeySet();
    CyclicBarrier all = new CyclicBarrier(Mode.MANY.callers());
    Side meeting =
        new Side() {
          @Override
          public void one() throws Exception {
            threads.add(Thread.currentThread().getName());
            all.await(30, TimeUnit.SECONDS);
          }

          @Override
          public void begin(Done done) {
            throw new AssertionError("callers wait");
          }

          @Override
          public void close() {}
        };

    try (Load load = new Load(meeting, 0)) {
      // in no time at all each caller asks once
      for (int round = 0; round < 2; round++) {
        assertThat(load.round(Mode.MANY, 1, 0).operations()).isEqualTo(64);
      }
    }
    assertThat(threads).hasSize(64);
  }
}
