package dev.comms.bench.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    Load load = new Load(stalling(50, TimeUnit.MILLISECONDS.toNanos(100)), 0);

    Measured round = load.round(Mode.OPEN, ROUND, 1_000);

    assertThat(round.operations()).isEqualTo(300);
    assertThat(round.p99()).isGreaterThan(80_000);
  }

  @Test
  void aHandicapIsBurnedInEachOperation() throws Exception {
    long handicap = TimeUnit.MILLISECONDS.toNanos(1);

    Measured round = new Load(stalling(0, 0), handicap).round(Mode.ONE, ROUND, 0);

    assertThat(round.operations()).isBetween(1L, 300L);
    assertThat(round.p50()).isGreaterThanOrEqualTo(999);
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

    assertThatThrownBy(() -> new Load(failing, 0).round(Mode.ASYNC, ROUND, 0))
        .hasMessageContaining("broken");
  }
}
