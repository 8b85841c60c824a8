package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.CallServer;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** One request and a no, or nobody who could answer. */
abstract class RefusalCases extends UnaryCases {

  @Test
  void everyCodeOfARejectionTravelsWithItsMessage() {
    CallTransport client =
        connect(
            serve(
                CALL,
                Answers.call(
                    (request, deadline) ->
                        CompletableFuture.failedFuture(
                            new CommsException.Rejected(
                                Code.valueOf(text(request)), "unknown product 7 – ü")))));

    for (Code code : Code.values()) {
      CommsException no = bench.failure(ask(client, code.name()));

      assertThat(no).isInstanceOf(CommsException.Rejected.class);
      assertThat(((CommsException.Rejected) no).code()).isEqualTo(code);
      assertThat(no.reason()).isEqualTo("unknown product 7 – ü");
    }
  }

  @Test
  void anOverloadedServerSaysWhenToTryAgainAndThatItDidNothing() {
    CommsException full =
        new CommsException.Overloaded(
            Facts.of(CALL.name())
                .effect(Effect.NONE)
                .fault(Fault.OVERLOAD)
                .retryAfter(Duration.ofMillis(1_500))
                .message("too many calls"));
    CallTransport client = connect(serve(CALL, failing(full)));

    CommsException refused = bench.failure(ask(client, "q"));

    assertThat(refused).isInstanceOf(CommsException.Overloaded.class);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(1_500));
  }

  @Test
  void aBrokenHandlerIsAFailureThatNamesNoClass() {
    CallTransport client =
        connect(serve(CALL, failing(new IllegalStateException("jdbc password is s3cret"))));

    CommsException failed = bench.failure(ask(client, "q"));

    assertThat(failed).isInstanceOf(CommsException.Failed.class);
    assertThat(failed.effect()).isEqualTo(Effect.POSSIBLE);
    assertThat(everythingSaidBy(failed)).doesNotContain("IllegalState", "s3cret");
  }

  @Test
  void aHandlerThatThrowsInsteadOfAnsweringIsAFailureToo() {
    CallTransport client =
        connect(
            serve(
                CALL,
                Answers.call(
                    (request, deadline) -> {
                      throw new IllegalStateException("jdbc password is s3cret");
                    })));

    CommsException failed = bench.failure(ask(client, "q"));

    assertThat(failed).isInstanceOf(CommsException.Failed.class);
    assertThat(everythingSaidBy(failed)).doesNotContain("IllegalState", "s3cret");
  }

  @Test
  void aCallThatNobodyAnswersIsRejectedAsUnimplemented() {
    CallTransport client = connect(serve(CALL, Answers.echo()));

    CommsException no =
        bench.failure(client.call(UNKNOWN, request(UNKNOWN, new byte[1]), bench.inTime()));

    assertThat(no).isInstanceOf(CommsException.Rejected.class);
    assertThat(((CommsException.Rejected) no).code()).isEqualTo(Code.UNIMPLEMENTED);
    assertThat(no.effect()).isEqualTo(Effect.NONE);
  }

  @Test
  void withoutAServerACallIsUnavailableAndHadNoEffect() {
    CallServer gone = serve(CALL, Answers.echo());
    String address = gone.address();
    gone.close();
    CallTransport client = bench.attach(client(address));

    CommsException unavailable = bench.failure(ask(client, "q"));

    assertThat(unavailable).isInstanceOf(CommsException.Unavailable.class);
    assertThat(unavailable.effect()).isEqualTo(Effect.NONE);
  }

  @Test
  void aClientThatIsClosedRefusesAtOnceWithoutEffect() {
    CallTransport client = connect(serve(CALL, Answers.echo()));
    client.close();

    CommsException refused = bench.failure(ask(client, "q"));

    assertThat(refused).isNotInstanceOf(CommsException.Failed.class);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
  }

  @Test
  void aDrainingServerEndsWhatRunsAndRefusesWhatIsNew() {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    CompletableFuture<Envelope> running = new CompletableFuture<>();
    CallServer server =
        serve(
            CALL,
            Answers.call(
                (request, deadline) -> {
                  reached.complete(null);
                  return text(request).equals("first")
                      ? running
                      : CompletableFuture.completedFuture(request);
                }));
    CallTransport client = connect(server);
    CompletableFuture<Envelope> first = ask(client, "first");
    bench.get(reached);

    CompletableFuture<Void> drained = server.drain(bench.inTime());

    await().atMost(Bench.LONG).until(() -> refuses(client));
    assertThat(drained).isNotDone();
    running.complete(reply(request("first"), "ended well"));
    assertThat(text(bench.get(first))).isEqualTo("ended well");
    bench.get(drained);
  }

  private boolean refuses(CallTransport client) {
    try {
      bench.get(client.call(CALL, request("new"), bench.in(Duration.ofSeconds(5))));
      return false;
    } catch (CommsException.Unavailable | CommsException.Overloaded refused) {
      assertThat(refused.effect()).isEqualTo(Effect.NONE);
      return true;
    }
  }

  private static Answerer failing(RuntimeException failure) {
    return Answers.call((request, deadline) -> CompletableFuture.failedFuture(failure));
  }

  /** The texts of a failure and of all that it carries. */
  static String everythingSaidBy(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable at = failure; at != null; at = at.getCause()) {
      all.append(at.getMessage()).append('\n');
    }
    return all.toString();
  }
}
