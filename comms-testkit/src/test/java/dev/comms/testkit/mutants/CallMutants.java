package dev.comms.testkit.mutants;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Time;
import dev.comms.spi.CallServer;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** Wrong clients and wrong servers. */
final class CallMutants {
  private CallMutants() {}

  static List<Mutant<CallTransport>> clients() {
    return List.of(
        client(
            "ignores the deadline",
            "aCallWithoutAnswerEndsAtItsDeadline",
            call((args, right) -> right.call(args[0], args[1], never()))),
        client(
            "retries what is not idempotent",
            "aCallThatIsNotIdempotentRunsOnceThoughItFails",
            call(
                (args, right) ->
                    future(right.call(args)).exceptionallyCompose(failed -> again(right, args)))),
        client(
            "does not pass on a cancellation",
            "cancellingReachesTheHandler",
            call((args, right) -> future(right.call(args)).thenApply(reply -> reply))),
        client(
            "drops the headers",
            "theContractAndTheHeadersTravel",
            call(
                (args, right) ->
                    right.call(args[0], ((Envelope) args[1]).headers(Map.of()), args[2]))),
        client(
            "mixes up the replies",
            "everyReplyBelongsToItsRequestUnderTwoHundredConcurrentCalls",
            CallMutants::mixing),
        client(
            "forgets when to try again",
            "anOverloadedServerSaysWhenToTryAgainAndThatItDidNothing",
            failing(failure -> failure.with(failure.facts().retryAfter(null)))),
        client(
            "takes never sent for maybe done",
            "withoutAServerACallIsUnavailableAndHadNoEffect",
            failing(failure -> failure.with(failure.facts().effect(Effect.POSSIBLE)))),
        client(
            "takes maybe done for never sent",
            "aBrokenHandlerIsAFailureThatNamesNoClass",
            failing(failure -> failure.with(failure.facts().effect(Effect.NONE)))));
  }

  static List<Mutant<CallServer>> servers() {
    return List.of(
        server(
            "does not send the deadline",
            "theServerSeesWhatIsLeftOfTheDeadline",
            answers(
                right ->
                    Wrong.in(
                        Answerer.class,
                        right,
                        "answer",
                        (args, answer) -> answer.call(args[0], never())))),
        server(
            "tells the caller the handler's exception",
            "aBrokenHandlerIsAFailureThatNamesNoClass",
            answers(CallMutants::leaking)),
        server(
            "takes calls while it drains",
            "aDrainingServerEndsWhatRunsAndRefusesWhatIsNew",
            right ->
                Wrong.in(
                    CallServer.class,
                    right,
                    "drain",
                    (args, drain) -> CompletableFuture.completedFuture(null))),
        server(
            "runs every handler twice",
            "aCallThatIsNotIdempotentRunsOnceThoughItFails",
            answers(
                right ->
                    Wrong.in(
                        Answerer.class,
                        right,
                        "answer",
                        (args, answer) -> {
                          answer.call(args);
                          return answer.call(args);
                        }))));
  }

  private static Mutant<CallTransport> client(
      String wrong, String killer, UnaryOperator<CallTransport> change) {
    return new Mutant<>(wrong, killer, change);
  }

  private static Mutant<CallServer> server(
      String wrong, String killer, UnaryOperator<CallServer> change) {
    return new Mutant<>(wrong, killer, change);
  }

  private static UnaryOperator<CallTransport> call(Wrong.Instead instead) {
    return right -> Wrong.in(CallTransport.class, right, "call", instead);
  }

  private static UnaryOperator<CallTransport> failing(UnaryOperator<CommsException> change) {
    return call(
        (args, right) ->
            future(right.call(args))
                .exceptionallyCompose(
                    failed ->
                        CompletableFuture.failedFuture(
                            change.apply(CommsException.of("mutant", failed)))));
  }

  private static CompletableFuture<Envelope> again(Wrong.Right right, Object[] args) {
    try {
      return future(right.call(args));
    } catch (Throwable failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  /** Gives the reply of the call before. */
  private static CallTransport mixing(CallTransport right) {
    List<CompletableFuture<Envelope>> before = new ArrayList<>();
    return Wrong.in(
        CallTransport.class,
        right,
        "call",
        (args, call) -> {
          synchronized (before) {
            before.add(future(call.call(args)));
            return before.get(Math.max(0, before.size() - 2));
          }
        });
  }

  private static UnaryOperator<CallServer> answers(UnaryOperator<Answerer> change) {
    return right ->
        Wrong.in(
            CallServer.class,
            right,
            "answer",
            (args, register) -> {
              Map<Contract, Answerer> changed = new HashMap<>(answerers(args[0]));
              changed.replaceAll((contract, answerer) -> change.apply(answerer));
              return register.call(changed);
            });
  }

  private static Answerer leaking(Answerer right) {
    return Wrong.in(
        Answerer.class,
        right,
        "answer",
        (args, answer) ->
            future(answer.call(args))
                .exceptionallyCompose(
                    failed ->
                        CompletableFuture.failedFuture(
                            new CommsException.Rejected(
                                Code.ABORTED, String.valueOf(failed.getMessage())))));
  }

  private static Deadline never() {
    return Deadline.never(Time.system());
  }

  @SuppressWarnings("unchecked") // the SPI says so
  private static Map<Contract, Answerer> answerers(Object arg) {
    return (Map<Contract, Answerer>) arg;
  }

  @SuppressWarnings("unchecked") // the SPI says so
  private static CompletableFuture<Envelope> future(Object result) {
    return (CompletableFuture<Envelope>) result;
  }
}
