package dev.comms.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetTrackerTest {
  private final OffsetTracker tracker = new OffsetTracker();

  @Test
  void nothingIsCommittableBeforeTheFirstDelivery() {
    assertThat(tracker.watermark()).isEmpty();
    assertThat(tracker.finished()).isFalse();
  }

  @Test
  void whatIsDeliveredButNotDoneIsNotPassed() {
    tracker.delivered(7, 0);
    tracker.delivered(8, 0);
    tracker.done(8);

    assertThat(tracker.watermark()).hasValue(7);
    assertThat(tracker.finished()).isFalse();
    tracker.done(7);
    assertThat(tracker.watermark()).hasValue(9);
    assertThat(tracker.finished()).isTrue();
  }

  @Test
  void gapsInTheOffsetsDoNotHoldTheWatermarkBack() {
    tracker.delivered(3, 0);
    tracker.delivered(10, 0);
    tracker.delivered(11, 0);
    tracker.done(3);

    assertThat(tracker.watermark()).hasValue(10);
    tracker.done(10);
    tracker.done(11);
    assertThat(tracker.watermark()).hasValue(12);
    assertThat(tracker.size()).isZero();
  }

  @Test
  void aSecondDeliveryOfWhatWasGivenBackChangesNothing() {
    tracker.delivered(1, 100);
    tracker.delivered(2, 200);
    tracker.delivered(1, 300);

    assertThat(tracker.oldest()).hasValue(100);
    assertThat(tracker.done(1)).isTrue();
    assertThat(tracker.done(1)).isFalse();
    assertThat(tracker.watermark()).hasValue(2);
  }

  @Test
  void anOffsetBelowWhatWasDeliveredIsRefused() {
    tracker.delivered(5, 0);
    tracker.done(5);

    assertThatThrownBy(() -> tracker.delivered(4, 0))
        .hasMessageContaining("4")
        .hasMessageContaining("5");
  }

  @Test
  void anUnknownOffsetIsNotDone() {
    assertThat(tracker.done(1)).isFalse();
    assertThat(tracker.watermark()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20_261_123, -7})
  void theWatermarkIsTheLowestUndoneAfterEachCompletionAndNeverGoesBack(long seed) {
    Random random = new Random(seed);
    TreeSet<Long> undone = new TreeSet<>();
    long last = random.nextInt(1_000);
    long expected = last;
    tracker.delivered(last, 0);
    undone.add(last);
    for (int step = 0; step < 3_000; step++) {
      if (undone.isEmpty() || random.nextInt(100) < 52) {
        last += 1 + (random.nextInt(5) == 0 ? random.nextInt(40) : 0);
        tracker.delivered(last, step);
        undone.add(last);
      } else {
        List<Long> some = new ArrayList<>(undone);
        Collections.shuffle(some, random);
        long chosen = some.get(0);
        assertThat(tracker.done(chosen)).isTrue();
        undone.remove(chosen);
        long now = undone.isEmpty() ? last + 1 : undone.first();
        assertThat(now).isGreaterThanOrEqualTo(expected);
        expected = now;
      }
      assertThat(tracker.watermark()).as("seed %d, step %d", seed, step).hasValue(expected);
    }
    undone.forEach(tracker::done);
    assertThat(tracker.size()).isZero();
    assertThat(tracker.watermark()).hasValue(last + 1);
  }
}
