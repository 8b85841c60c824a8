package dev.comms.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport.Range;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TopicTest {
  private static final int MOST = 100;
  private final TestClock clock = TestClock.create();
  private final Instant start = clock.now();
  private final MemoryBroker broker = new MemoryBroker(clock, 0, false);
  private final Topic topic = new Topic(broker, MOST);
  private final Envelope event = Envelope.of("1", "seen", "x/y", clock.now(), new byte[0]);

  private void append(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(topic.append(event, clock)).isNull();
    }
  }

  @Test
  void whatIsKeptNoLongerLeavesRoom() {
    broker.retention(Duration.ofHours(1));
    append(MOST);
    assertThat(topic.append(event, clock)).isInstanceOf(CommsException.Overloaded.class);

    clock.advance(Duration.ofHours(2));

    append(1);
  }

  @Test
  void ofWhatIsLongGoneOnlyTheNumberIsKeptAndAReplayThatMayConcernItCountsIt() {
    Shard shard = new Shard();
    int count = Shard.TIMES + 5;
    for (int i = 0; i < count; i++) {
      Instant at = start.plusSeconds(i);
      shard.append(
          new Shard.Kept(i, at, Envelope.of(String.valueOf(i), "seen", "x/y", at, new byte[0])));
    }
    assertThat(shard.trim(start.plusSeconds(count))).isEqualTo(count);

    assertThat(shard.base()).isEqualTo(count);
    assertThat(shard.end()).isEqualTo(count);
    assertThat(shard.goneFrom(new Range(start.plusSeconds(5), null))).isEqualTo(Shard.TIMES);
    assertThat(shard.goneFrom(new Range(start.plusSeconds(4), null))).isEqualTo(count);
  }
}
