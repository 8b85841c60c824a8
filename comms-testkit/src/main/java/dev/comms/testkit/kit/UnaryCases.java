package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** One request, one reply: the regular ways. */
abstract class UnaryCases extends CallKit {

  @Test
  void aCallIsAnswered() {
    CallTransport client =
        connect(
            serve(
                CALL,
                Answers.call(
                    (request, deadline) ->
                        CompletableFuture.completedFuture(
                            reply(request, "hello " + text(request))))));

    assertThat(text(bench.get(ask(client, "wörld")))).isEqualTo("hello wörld");
  }

  @Test
  void anEmptyRequestAndAnEmptyReplyAreOrdinary() {
    CallTransport client = connect(serve(CALL, Answers.echo()));

    assertThat(bench.get(ask(client, "")).body()).isEmpty();
  }

  @Test
  void theContractAndTheHeadersTravel() {
    AtomicReference<Envelope> seen = new AtomicReference<>();
    CallTransport client =
        connect(
            serve(
                CALL,
                Answers.call(
                    (request, deadline) -> {
                      seen.set(request);
                      return CompletableFuture.completedFuture(reply(request, "ok"));
                    })));
    Map<String, String> headers = Map.of("traceparent", "00-abc", "tenant", "blue");

    bench.get(client.call(CALL, request("q").headers(headers), bench.inTime()));

    assertThat(seen)
        .hasValueSatisfying(
            request -> {
              assertThat(request.headers()).containsAllEntriesOf(headers);
              assertThat(request.contract()).isEqualTo(CALL.name());
            });
  }

  @Test
  void everyReplyBelongsToItsRequestUnderTwoHundredConcurrentCalls() {
    CallTransport client =
        connect(
            serve(
                CALL,
                Answers.call(
                    (request, deadline) -> {
                      CompletableFuture<Envelope> late = new CompletableFuture<>();
                      Duration wait =
                          Duration.ofMillis(ThreadLocalRandom.current().nextInt(1, 100));
                      bench.time.schedule(
                          wait, () -> late.complete(reply(request, "re " + text(request))));
                      return late;
                    })));

    List<CompletableFuture<Envelope>> replies = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      replies.add(ask(client, "question " + i));
    }

    for (int i = 0; i < 200; i++) {
      assertThat(text(bench.get(replies.get(i)))).isEqualTo("re question " + i);
    }
  }

  @Test
  void theServerSeesWhatIsLeftOfTheDeadline() {
    AtomicReference<Duration> seen = new AtomicReference<>();
    CallTransport client =
        warm(
            Answers.call(
                (request, deadline) -> {
                  seen.set(deadline.remaining());
                  return CompletableFuture.completedFuture(reply(request, "ok"));
                }));

    bench.get(client.call(CALL, request("q"), bench.in(Duration.ofSeconds(7))));

    assertThat(seen.get()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(7));
  }

  @Test
  void aCallWithoutAnswerEndsAtItsDeadline() {
    CallTransport client =
        warm(
            Answers.call(
                (request, deadline) ->
                    text(request).equals("warm up")
                        ? CompletableFuture.completedFuture(reply(request, "ok"))
                        : new CompletableFuture<>()));
    long begun = bench.time.nanos();

    CommsException late =
        bench.failure(client.call(CALL, request("q"), bench.in(Duration.ofMillis(400))));

    Duration took = Duration.ofNanos(bench.time.nanos() - begun);
    assertThat(late).isInstanceOf(CommsException.DeadlineExceeded.class);
    assertThat(took).isBetween(Duration.ofMillis(395), Duration.ofSeconds(15));
  }

  @Test
  void theHandlerLearnsThatTheDeadlinePassed() {
    CompletableFuture<Envelope> handler = new CompletableFuture<>();
    CallTransport client =
        warm(
            Answers.call(
                (request, deadline) ->
                    text(request).equals("warm up")
                        ? CompletableFuture.completedFuture(reply(request, "ok"))
                        : handler));

    bench.failure(client.call(CALL, request("q"), bench.in(Duration.ofSeconds(1))));

    await().atMost(Bench.LONG).until(handler::isCancelled);
  }

  @Test
  void cancellingReachesTheHandler() {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    CompletableFuture<Envelope> handler = new CompletableFuture<>();
    CallTransport client =
        connect(
            serve(
                CALL,
                Answers.call(
                    (request, deadline) -> {
                      reached.complete(null);
                      return handler;
                    })));
    CompletableFuture<Envelope> call = ask(client, "q");
    bench.get(reached);

    call.cancel(true);

    await().atMost(Bench.LONG).until(handler::isCancelled);
  }

  @Test
  void aBodyOfAlmostFourMebibytesTravelsBothWays() {
    CallTransport client = connect(serve(CALL, Answers.echo()));
    byte[] body = new byte[4 * 1024 * 1024 - 16 * 1024];
    new Random(7).nextBytes(body);

    Envelope reply = bench.get(client.call(CALL, request(body), bench.inTime()));

    assertThat(reply.body()).isEqualTo(body);
  }
}
