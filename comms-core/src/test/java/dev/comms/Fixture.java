package dev.comms;

import dev.comms.contract.Backoff;
import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import dev.comms.contract.Time;
import dev.comms.fake.Text;
import dev.comms.policy.Policies;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the tests of the verbs share. */
final class Fixture {
  static final Duration SECOND = Duration.ofSeconds(1);
  static final Backoff SOON = new Backoff(Duration.ofMillis(1), Duration.ofMillis(1));
  static final Text TEXT = new Text();
  static final Call<String, String> ECHO =
      Call.named("test.echo", TEXT, TEXT).asIdempotent().answeredWithin(Duration.ofSeconds(20));
  static final Call<String, String> ONCE = ECHO.attempts(1);
  static final Task<String> MAIL =
      Task.named("test.mail", TEXT).eachAttemptWithin(Duration.ofSeconds(20)).backoff(SOON);
  static final Event<String> SEEN =
      Event.named("test.seen", TEXT)
          .handledWithin(Duration.ofSeconds(20))
          .backoff(SOON)
          .keyedBy(text -> text);

  private Fixture() {}

  static Policies policies() {
    return Policies.standard().backoff(SOON);
  }

  static Comms comms(SimpleMeterRegistry meters, Policies policies) {
    return Comms.service("test", meters).policies(policies).build();
  }

  static Comms comms(SimpleMeterRegistry meters, Policies policies, Time time) {
    return Comms.service("test", meters).policies(policies).time(time).build();
  }

  /** A handler's context with so much time left. */
  static Context context(Time time, Duration left, Map<String, String> headers) {
    return new Context("outer", "id-1", null, 1, Deadline.after(time, left), headers);
  }

  /** The failure that this future ends with. */
  static CommsException failureOf(CompletableFuture<?> future) {
    try {
      Object value = future.get(30, TimeUnit.SECONDS);
      throw new AssertionError("ended well, with " + value);
    } catch (ExecutionException failed) {
      return CommsException.of("?", failed);
    } catch (InterruptedException | TimeoutException none) {
      throw new AssertionError("did not end", none);
    }
  }

  static <T> T valueOf(CompletableFuture<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | TimeoutException | ExecutionException none) {
      throw new AssertionError("did not end well", none);
    }
  }
}
