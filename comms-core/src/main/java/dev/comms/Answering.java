package dev.comms;

import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy.Next;
import dev.comms.spi.CallServer;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Sends what arrived at a server through the pipeline of its contract. */
final class Answering {
  private Answering() {}

  static CallServer.Answerer unary(Engine engine, Contract contract, Next pipeline) {
    return new CallServer.Answerer() {
      @Override
      public CompletableFuture<Envelope> answer(Envelope request, Deadline deadline) {
        Exchange exchange =
            Exchange.of(
                Verb.ANSWER, engine.effective(contract), "", request, deadline, attempt(request));
        return Pipeline.run(pipeline, exchange, Envelope.class::cast);
      }

      @Override
      public CompletableFuture<Void> stream(Envelope head, Pipe pipe, Deadline deadline) {
        throw new IllegalStateException(contract + " is answered once, not as a stream");
      }
    };
  }

  /** The pipeline of a stream ends in its pipe, so it is made for each. */
  static CallServer.Answerer stream(Contract contract, Function<Pipe, Next> pipeline) {
    return piped(contract, exchange(Verb.STREAM, contract), pipeline);
  }

  /** A call that its transport answers itself, with a pipe of its own. */
  static CallServer.Answerer own(Engine engine, Contract call, Function<Pipe, Next> pipeline) {
    return piped(
        call,
        (head, deadline) -> exchange(Verb.ANSWER, engine.effective(call)).apply(head, deadline),
        pipeline);
  }

  private static BiFunction<Envelope, Deadline, Exchange> exchange(Verb verb, Contract contract) {
    return (head, deadline) ->
        Exchange.of(verb, contract, "", head, deadline, verb == Verb.ANSWER ? attempt(head) : 1);
  }

  private static CallServer.Answerer piped(
      Contract contract,
      BiFunction<Envelope, Deadline, Exchange> exchange,
      Function<Pipe, Next> pipeline) {
    return new CallServer.Answerer() {
      @Override
      public CompletableFuture<Envelope> answer(Envelope request, Deadline deadline) {
        throw new IllegalStateException(contract + " is a stream, not answered once");
      }

      @Override
      public CompletableFuture<Void> stream(Envelope head, Pipe pipe, Deadline deadline) {
        return Pipeline.run(pipeline.apply(pipe), exchange.apply(head, deadline), reply -> null);
      }
    };
  }

  /** Which attempt of its caller this is, as far as the caller tells. */
  private static int attempt(Envelope request) {
    String told = request.headers().getOrDefault(Exchange.ATTEMPT, "1");
    return told.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(told) : 1;
  }
}
