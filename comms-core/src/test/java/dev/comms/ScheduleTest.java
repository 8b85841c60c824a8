package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeStore;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.ManualTime;
import dev.comms.spi.Subscription;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The clock begins at 2026-01-01T00:00Z. */
class ScheduleTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final ManualTime time = new ManualTime();
  private final FakeStore store = new FakeStore();
  private final FakeTasks broker = new FakeTasks();
  private final List<Instance> all = new ArrayList<>();

  private record Instance(Comms comms, Tasks tasks, SimpleMeterRegistry meters) {}

  private Instance instance() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Comms comms =
        Comms.service("test", meters).policies(policies()).time(time).store(store).build();
    Instance made = new Instance(comms, comms.tasks(broker), meters);
    all.add(made);
    return made;
  }

  private Instance hourly(Supplier<String> payload) {
    Instance made = instance();
    made.tasks.every("report.hourly", HOUR, MAIL, payload);
    made.comms.start();
    return made;
  }

  @AfterEach
  void close() {
    all.forEach(one -> one.comms.close());
  }

  private List<String> ids() {
    return broker.sent.stream().map(sent -> sent.message().id()).toList();
  }

  private static String id(int hour) {
    return "report.hourly@" + BEGIN.plus(HOUR.multipliedBy(hour));
  }

  private double missed() {
    return all.stream()
        .mapToDouble(one -> one.meters.get("comms.schedules.missed").counter().count())
        .sum();
  }

  /** Turns the clock while the threads of the instances get on. */
  private void advanceUntilSent(int many) {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              time.advance(SECOND);
              return broker.sent.size() >= many;
            });
  }

  private void settled() {
    settled("report.hourly");
  }

  private void settled(String schedule) {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              time.advance(SECOND);
              return valueOf(store.memory.find("schedule/1/" + schedule + "/lease")) == null;
            });
  }

  @Test
  void inAWeekOfThreeInstancesEachHourIsSubmittedOnce() {
    for (int i = 0; i < 3; i++) {
      hourly(() -> "report");
    }
    // Hour by hour: the threads are real, and a submission must not lose its time to the clock,
    // nor its lease before it has written down what it sent.
    for (int hour = 1; hour <= 168; hour++) {
      time.advance(Duration.between(time.now(), BEGIN.plus(HOUR.multipliedBy(hour))));
      advanceUntilSent(hour);
      settled();
    }
    List<String> expected = IntStream.rangeClosed(1, 168).mapToObj(ScheduleTest::id).toList();
    assertThat(ids()).containsExactlyElementsOf(expected);
    assertThat(missed()).isZero();
  }

  @Test
  void theIdSaysWhichScheduleAndWhichDueTime() {
    hourly(() -> "report");
    time.advance(HOUR);
    advanceUntilSent(1);
    assertThat(ids()).containsExactly("report.hourly@2026-01-01T01:00:00Z");
  }

  @Test
  void afterAPauseTheLatestDueTimeIsSubmittedOnceAndTheOthersAreCountedAsMissed() {
    Instance first = hourly(() -> "report");
    time.advance(HOUR);
    advanceUntilSent(1);
    settled();
    first.comms.close();
    time.advance(HOUR.multipliedBy(5));
    hourly(() -> "report");
    hourly(() -> "report");
    advanceUntilSent(2);
    settled();
    assertThat(ids()).containsExactly(id(1), id(6));
    assertThat(missed()).as("hours 2 to 5").isEqualTo(4);
  }

  @Test
  void aNewScheduleBeginsWithTheNextDueTime() {
    time.advance(Duration.ofMinutes(30));
    hourly(() -> "report");
    advanceUntilSent(1);
    assertThat(ids()).containsExactly(id(1));
    assertThat(missed()).isZero();
  }

  @Test
  void whatCouldNotBeSubmittedIsTriedAgainUnderTheSameId() {
    AtomicInteger tries = new AtomicInteger();
    broker.broker =
        sent -> {
          if (tries.incrementAndGet() <= 5) {
            sent.confirm().completeExceptionally(Failures.unreachable());
          } else {
            sent.confirm().complete(null);
          }
        };
    hourly(() -> "report");
    time.advance(HOUR);
    advanceUntilSent(6);
    settled();
    assertThat(ids()).containsOnly(id(1));
    assertThat(missed()).isZero();
  }

  @Test
  void aPayloadThatCannotBeMadeIsTriedAgain() {
    AtomicInteger tries = new AtomicInteger();
    hourly(
        () -> {
          if (tries.incrementAndGet() == 1) {
            throw new IllegalStateException("no data yet");
          }
          return "report";
        });
    time.advance(HOUR);
    advanceUntilSent(1);
    assertThat(ids()).containsExactly(id(1));
  }

  @Test
  void withoutItsStoreAScheduleWaitsAndGoesOn() {
    hourly(() -> "report");
    store.broken = Failures.broken();
    time.advance(HOUR);
    await().until(() -> part("failure") != null);
    store.broken = null;
    advanceUntilSent(1);
    assertThat(ids()).containsExactly(id(1));
  }

  private String part(String fact) {
    return all.get(0).comms.health().parts().stream()
        .filter(part -> part.name().equals("schedule report.hourly"))
        .findFirst()
        .orElseThrow()
        .facts()
        .get(fact);
  }

  @Test
  void anInstanceThatEndedWhileItSubmittedIsFollowedByAnother() {
    hourly(() -> "report");
    valueOf(store.memory.claim("schedule/1/report.hourly/lease", "gone", Duration.ofMinutes(70)));
    time.advance(HOUR.plusMinutes(9));
    assertThat(broker.sent).isEmpty();
    time.advance(Duration.ofMinutes(1));
    advanceUntilSent(1);
    assertThat(ids()).containsExactly(id(1));
  }

  @Test
  void aPausedInstanceLeavesItToTheOthers() {
    Instance paused = instance();
    Subscription schedule = paused.tasks.every("report.hourly", HOUR, MAIL, () -> "paused");
    paused.comms.start();
    schedule.pause();
    hourly(() -> "report");
    time.advance(HOUR);
    advanceUntilSent(1);
    settled();
    assertThat(new String(broker.sent.get(0).message().body(), StandardCharsets.UTF_8))
        .isEqualTo("report");
    schedule.resume();
    assertThat(part("next")).isEqualTo("2026-01-01T02:00:00Z");
  }

  @Test
  void aScheduleEndsWithItsComms() {
    Instance one = hourly(() -> "report");
    one.comms.close();
    assertThat(time.timers()).isZero();
    time.advance(HOUR.multipliedBy(2));
    assertThat(broker.sent).isEmpty();
  }

  @Test
  void aCronExpressionIsDueInItsZone() {
    Instance one = instance();
    one.tasks.cron("report.daily", "0 6 * * *", ZoneId.of("Asia/Tokyo"), MAIL, () -> "report");
    one.comms.start();
    // Day by day, as in the week above: what fails while the next is due leaves the way to that.
    for (int day = 1; day <= 2; day++) {
      time.advance(Duration.ofDays(1));
      advanceUntilSent(day);
      settled("report.daily");
    }
    assertThat(ids())
        .containsExactly("report.daily@2026-01-01T21:00:00Z", "report.daily@2026-01-02T21:00:00Z");
  }

  @Test
  void withoutAStoreTheStartIsRefusedAndTheMessageNamesTheFix() {
    Comms bare = Comms.service("bare", new SimpleMeterRegistry()).time(time).build();
    bare.tasks(new FakeTasks()).every("report.hourly", HOUR, MAIL, () -> "report");
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(bare::start)
        .withMessageContainingAll("report.hourly", "a schedule needs a memory", "store(JdbcStore");
  }

  @Test
  void whatCannotBeAScheduleIsRefusedWhenItIsDeclared() {
    Tasks tasks = instance().tasks;
    ZoneId zone = ZoneId.of("UTC");
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> tasks.every("fast", Duration.ofMillis(999), MAIL, () -> "x"))
        .withMessageContainingAll("fast", "PT0.999S", "1 s to 365 days");
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> tasks.every("two words", HOUR, MAIL, () -> "x"))
        .withMessageContainingAll("1 to 150", "such as 'report.daily'");
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> tasks.cron("wrong", "0 0 6 * * *", zone, MAIL, () -> "x"))
        .withMessageContainingAll("wrong", "'0 0 6 * * *'", "five fields");
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> tasks.cron("never", "0 0 31 2 *", zone, MAIL, () -> "x"))
        .withMessageContainingAll("never", "never due");
    tasks.every("twice", HOUR, MAIL, () -> "x");
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> tasks.cron("twice", "0 6 * * *", zone, MAIL, () -> "x"))
        .withMessageContaining("schedule twice");
  }

  @Test
  void oneThatIsPausedBeforeItsStartSubmitsNothingOfWhatWasMissed() {
    Instance first = hourly(() -> "report");
    time.advance(HOUR);
    advanceUntilSent(1);
    settled();
    first.comms.close();
    time.advance(HOUR.multipliedBy(3));
    Instance paused = instance();
    Subscription schedule = paused.tasks.every("report.hourly", HOUR, MAIL, () -> "paused");
    schedule.pause();
    paused.comms.start();
    Instance other = hourly(() -> "report");
    advanceUntilSent(2);
    settled();
    assertThat(new String(broker.sent.get(1).message().body(), StandardCharsets.UTF_8))
        .isEqualTo("report");
    other.comms.close();
  }
}
