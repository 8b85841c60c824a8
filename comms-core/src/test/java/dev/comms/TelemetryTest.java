package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SECOND;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import dev.comms.contract.Time;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeCallServer;
import dev.comms.fake.FakeCalls;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.FakeTasks;
import dev.comms.outbox.MemoryStore;
import dev.comms.spi.EventTransport.Start;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every meter of a service that does everything, with its exact name and tag keys. */
class TelemetryTest {
  private static final Task<String> LOST =
      Task.named("test.lost", Fixture.TEXT).eachAttemptWithin(SECOND).atMostOnce();
  private static final Set<String> CONTRACT = Set.of("contract");

  private static final Map<String, Set<String>> CONVENTIONS =
      Map.of(
          "rpc.client.call.duration",
          Set.of("rpc.system.name", "rpc.method", "server.address", "error.type"),
          "rpc.server.call.duration",
          Set.of("rpc.system.name", "rpc.method", "error.type"),
          "messaging.client.operation.duration",
          Set.of(
              "messaging.system",
              "messaging.destination.name",
              "messaging.operation.name",
              "error.type"),
          "messaging.process.duration",
          Set.of(
              "messaging.system",
              "messaging.destination.name",
              "messaging.consumer.group.name",
              "error.type"),
          "messaging.client.sent.messages",
          Set.of("messaging.system", "messaging.destination.name"),
          "messaging.client.consumed.messages",
          Set.of(
              "messaging.system", "messaging.destination.name", "messaging.consumer.group.name"));

  private static final Map<String, Set<String>> OURS =
      Map.ofEntries(
          Map.entry("comms.attempts", Set.of("contract", "error.type", "fault")),
          Map.entry("comms.retries", Set.of("contract", "outcome")),
          Map.entry("comms.hedges", Set.of("contract", "outcome")),
          Map.entry("comms.retry.budget", Set.of("system", "target")),
          Map.entry("comms.refused", Set.of("contract", "reason", "mode")),
          Map.entry("comms.expired", CONTRACT),
          Map.entry("comms.lost", Set.of("contract", "error.type")),
          Map.entry("comms.dead.letters", Set.of("contract", "reason")),
          Map.entry("comms.in.flight", Set.of("system", "target")),
          Map.entry("comms.deadline.used", Set.of("contract", "side")),
          Map.entry("comms.handlers.abandoned", CONTRACT),
          Map.entry("comms.schedules.missed", Set.of("schedule")),
          Map.entry("comms.settings.changes", Set.of("setting")));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicInteger failures = new AtomicInteger(1);
  private final FakeCalls calls =
      new FakeCalls(
          one -> {
            if (failures.getAndDecrement() > 0) {
              one.reply().completeExceptionally(Failures.unreachable());
            } else {
              one.echo();
            }
          });
  private final FakeTasks tasks = new FakeTasks();
  private final FakeTasks once = new FakeTasks();
  private final FakeEvents events = new FakeEvents();
  private final FakeCallServer server = new FakeCallServer();
  private final CountDownLatch release = new CountDownLatch(1);
  private final Comms comms =
      Comms.service("test", meters)
          .policies(policies().serving(1))
          .store(MemoryStore.create())
          .build();

  @AfterEach
  void close() {
    release.countDown();
    comms.close();
  }

  /** A retry, a dead letter, an expiry, a refusal, and every verb. */
  private void doEverything() {
    Calls there = comms.calls(calls);
    Tasks work = comms.tasks(tasks);
    Events log = comms.events(events);
    comms
        .serve(server)
        .answer(
            ECHO,
            (request, context) -> {
              release.await();
              return request;
            });
    work.handle(
        MAIL.attempts(1),
        Workers.of(1),
        (mail, context) -> {
          throw new IllegalStateException("no");
        });
    comms
        .tasks(once)
        .handle(
            LOST,
            Workers.of(1),
            (mail, context) -> {
              throw new IllegalStateException("no");
            });
    work.every("test.hourly", Duration.ofHours(1), MAIL, () -> "hi");
    log.handle(SEEN, Group.named("readers").startsAt(Start.LATEST), (seen, context) -> {});
    comms.start();
    there.call(ECHO, "hi");
    there.call(ECHO.hedgedAfter(SECOND), "hi");
    work.submit(MAIL, "hi");
    log.publish(SEEN, "hi");
    deliver();
    CompletableFuture<?> held = answer();
    failureOf(answer());
    release.countDown();
    valueOf(held);
    comms.controls().set("policies.limits", "observe");
  }

  private void deliver() {
    FakeDelivery failing = tasks.consumer.deliver(FakeDelivery.of("test.mail", "1", null, "hi"));
    assertThat(valueOf(failing.settled)).isEqualTo("dead: attempts");
    once.consumer.deliver(FakeDelivery.of("test.lost", "1", null, "hi"));
    Awaitility.await().until(() -> meters.find("comms.lost").counter() != null);
    FakeDelivery late =
        new FakeDelivery(FakeDelivery.message("test.mail", "2", "hi").expires(Instant.EPOCH));
    assertThat(valueOf(tasks.consumer.deliver(late).settled)).isEqualTo("dead: expired");
    FakeDelivery seen = events.consumer.deliver(FakeDelivery.of("test.seen", "3", "k", "hi"));
    assertThat(valueOf(seen.settled)).isEqualTo("done");
  }

  private CompletableFuture<?> answer() {
    return server
        .answerer(ECHO)
        .answer(
            FakeDelivery.message("test.echo", "4", "hi"),
            Deadline.after(Time.system(), SECOND.multipliedBy(20)));
  }

  /** The simple registry shows the buckets of a histogram as gauges of their own. */
  private static boolean bucket(Meter meter) {
    return meter.getId().getTag("le") != null;
  }

  @Test
  void theseAreAllNamesAndTheirTagKeysAndEachNameAlwaysHasTheSame() {
    doEverything();
    Map<String, Set<String>> keys = new TreeMap<>();
    for (Meter meter : meters.getMeters()) {
      if (!bucket(meter)) {
        Set<String> tags =
            meter.getId().getTags().stream()
                .map(Tag::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> known = keys.putIfAbsent(meter.getId().getName(), tags);
        assertThat(tags)
            .as("every series of %s", meter.getId().getName())
            .isEqualTo(known == null ? tags : known);
      }
    }
    Map<String, Set<String>> all = new TreeMap<>(CONVENTIONS);
    all.putAll(OURS);
    assertThat(keys).isEqualTo(all);
  }

  @Test
  void whatWasDoneIsCounted() {
    doEverything();
    assertThat(
            meters
                .get("comms.retries")
                .tags("contract", "test.echo", "outcome", "sent")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(meters.get("comms.refused").tags("reason", "shed", "mode", "enforce").counter())
        .satisfies(shed -> assertThat(shed.count()).isEqualTo(1));
    assertThat(meters.get("comms.expired").tag("contract", "test.mail").counter().count())
        .isEqualTo(1);
    for (String reason : Set.of("attempts", "expired")) {
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(
                          meters.get("comms.dead.letters").tag("reason", reason).counter().count())
                      .isEqualTo(1));
    }
    assertThat(meters.get("comms.deadline.used").tag("side", "sender").summary().count())
        .isEqualTo(2);
    assertThat(meters.get("comms.in.flight").tag("target", "there").gauge().value()).isZero();
    assertThat(meters.get("comms.retry.budget").tag("target", "there").gauge().value())
        .isBetween(90.0, 110.0);
  }

  @Test
  void durationsHaveBucketsSoThatAPercentileCanBeReadAcrossInstances() {
    doEverything();
    for (String name : CONVENTIONS.keySet()) {
      for (Timer timer : meters.find(name).timers()) {
        assertThat(timer.takeSnapshot().histogramCounts()).as(name).hasSizeGreaterThan(10);
      }
    }
    assertThat(meters.get("comms.deadline.used").summaries())
        .allSatisfy(used -> assertThat(used.takeSnapshot().histogramCounts()).isNotEmpty());
  }

  @Test
  void gaugesEndWithTheirService() {
    doEverything();
    comms.close();
    assertThat(meters.find("comms.in.flight").gauges()).isEmpty();
    assertThat(meters.find("comms.retry.budget").gauges()).isEmpty();
  }
}
