package dev.comms.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.Group;
import dev.comms.Submit;
import dev.comms.Tasks;
import dev.comms.Workers;
import dev.comms.contract.Backoff;
import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import dev.comms.contract.Verdict;
import dev.comms.policy.Policies;
import dev.comms.spi.CallServer;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Delivery;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.testkit.InMemory;
import dev.comms.testkit.TestClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service does is written down as it was, and passes the check; on virtual time. */
class HistoryTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Task<byte[]> TASK =
      Task.named("mail", Codec.bytes())
          .eachAttemptWithin(LIMIT)
          .attempts(3)
          .backoff(new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(10)));
  private static final Event<byte[]> EVENT =
      Event.named("seen", Codec.bytes()).handledWithin(LIMIT).keyedBy(body -> "k" + body[0]);
  private static final Call<byte[], byte[]> CALL =
      Call.named("it.Service/Ask", Codec.bytes(), Codec.bytes()).answeredWithin(LIMIT);

  @TempDir private Path folder;
  private final TestClock clock = TestClock.create();
  private final InMemory broker = new InMemory(clock, 1);

  private Path file() {
    return folder.resolve("history.ndjson");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Comms comms(History history) {
    return Comms.service("test", new SimpleMeterRegistry())
        .time(clock)
        .policies(history.policies(Policies.standard()))
        .build();
  }

  private List<String> lines(String part) throws Exception {
    return Files.readAllLines(file()).stream().filter(line -> line.contains(part)).toList();
  }

  @Test
  void tasksWithTheirAttemptsDelaysAndDeadLettersPassTheCheck() throws Exception {
    try (History history = History.to(file(), "test", clock);
        Comms comms = comms(history)) {
      Tasks tasks = comms.tasks(history.tasks(broker.tasks()));
      tasks.handle(
          TASK,
          Workers.of(4),
          (body, context) -> {
            if (body[0] == 'd') {
              throw Verdict.reject("never");
            }
            if (body[0] == 'r' && context.attempt() < 3) {
              throw new IllegalStateException("not yet");
            }
          });
      comms.start();
      for (String each : List.of("a", "r", "d")) {
        tasks.submit(TASK, bytes(each));
      }
      tasks.submit(TASK, bytes("later"), Submit.after(Duration.ofMinutes(5)));
      clock.advance(Duration.ofMinutes(10));
      letters(history, tasks);
      history.drained();
    }

    HistoryReport report = HistoryCheck.of(file());
    assertThat(report.violations()).isEmpty();
    assertThat(report.count("confirmed")).isEqualTo(4);
    assertThat(report.count("handled")).isEqualTo(3);
    assertThat(report.count("delivered")).isEqualTo(6);
    assertThat(report.count("deadLettered")).isEqualTo(1);
    assertThat(lines("\"how\":\"retry\"").stream().filter(one -> one.contains("invoke")))
        .hasSize(2);
    assertThat(lines("\"after\":\"300000\"")).hasSize(1);
  }

  private void letters(History history, Tasks tasks) {
    Deadline soon = Deadline.after(clock, LIMIT);
    clock.await(
        tasks
            .deadLetters(TASK)
            .sweep(
                letter -> {
                  history.dead(TASK.name(), "", letter.message().id(), letter.reason());
                  return DeadLetters.Choice.KEEP;
                },
                soon),
        "sweep",
        soon);
  }

  @Test
  void eventsOfAllGroupsPassTheCheckAndATransportThatSettlesTooEarlyDoesNot() throws Exception {
    for (boolean early : new boolean[] {false, true}) {
      try (History history = History.to(file(), "test", clock);
          Comms comms = comms(history)) {
        InMemory own = new InMemory(clock, 2);
        Events events = comms.events(history.events(own.events()));
        EventTransport careless = history.events(own.events());
        comms.events(careless);
        for (String group : List.of("a", "b")) {
          events.handle(EVENT, Group.named(group).startsAt(Start.EARLIEST), (body, context) -> {});
        }
        comms.start();
        for (int i = 0; i < 20; i++) {
          events.publish(EVENT, new byte[] {(byte) (i % 3), (byte) i});
        }
        clock.advance(Duration.ofSeconds(1));
        if (early) {
          settleBeforeItIsHandled(careless);
        }
        history.drained();
      }
      HistoryReport report = HistoryCheck.of(file());
      assertThat(report.count("handled")).isEqualTo(40);
      assertThat(report.broken().keySet())
          .isEqualTo(early ? Set.of("early-ack", "lost") : Set.of());
    }
  }

  /** As a consumer does that commits by itself: what it was given is done, handled or not. */
  private void settleBeforeItIsHandled(EventTransport transport) {
    transport.subscribe(
        List.of(EVENT), new Subscriber("careless", Start.EARLIEST), 100, Delivery::done);
    clock.advance(Duration.ofSeconds(1));
  }

  @Test
  void callsPassTheCheckAndAreKnownByTheirIdOnBothSides() throws Exception {
    try (History history = History.to(file(), "test", clock);
        Comms comms = comms(history);
        Comms asking = comms(history)) {
      CallServer server = broker.server();
      comms.serve(server).answer(CALL, (body, context) -> answered(body));
      comms.start();
      Calls calls = asking.calls(broker.client(server.address()));
      asking.start();
      calls.call(CALL, bytes("a"));
      assertThatExceptionOfType(CommsException.class)
          .isThrownBy(() -> calls.call(CALL, bytes("no")));
      history.drained();
    }

    HistoryReport report = HistoryCheck.of(file());
    assertThat(report.violations()).isEmpty();
    assertThat(report.count("confirmed")).isEqualTo(1);
    assertThat(report.count("unknown")).as("a refusal by the handler").isEqualTo(1);
    assertThat(report.count("handled")).isEqualTo(2);
  }

  private static byte[] answered(byte[] body) {
    if (body.length > 1) {
      throw Verdict.reject("no");
    }
    return bytes("answer");
  }

  @Test
  void afterItsEndNothingIsWrittenAndASecondCloseDoesNothing() throws Exception {
    History history = History.to(file(), "test");
    history.drained();
    history.close();
    history.close();
    history.drained();
    assertThat(Files.readAllLines(file())).hasSize(3);
    assertThat(HistoryCheck.of(file()).ok()).isTrue();
  }

  @Test
  void aProcessWithoutANameIsRefused() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> History.to(file(), " "))
        .withMessageContaining("name it");
  }
}
