package dev.comms;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages of one verb to one destination. The pipeline of a contract is made at its first
 * use and kept; nothing is resolved per message.
 */
final class Sender {
  /** Contracts are constants, so a destination has few; more than this is a leak. */
  private static final int MOST_CONTRACTS = 1_000;

  /** A transport ends a message at its deadline; whoever waits leaves it this long to say why. */
  private static final Duration GRACE = Duration.ofMillis(250);

  private final Engine engine;
  private final Verb verb;
  private final Steps.Place place;
  private final Function<Contract, Next> transport;
  private final Map<Contract, Way> ways = new ConcurrentHashMap<>();

  /**
   * The way of one contract.
   *
   * @param contract as it is with its overrides; another one makes another way
   */
  private record Way(Contract contract, Next pipeline) {}

  Sender(Engine engine, Verb verb, Steps.Place place, Function<Contract, Next> transport) {
    this.engine = engine;
    this.verb = verb;
    this.place = place;
    this.transport = transport;
  }

  String target() {
    return place.target();
  }

  /** Encodes a payload into a message of this contract. */
  <T> Envelope message(Contract contract, Codec<T> codec, String id, T payload) {
    byte[] body = encode(contract, codec, payload);
    return Envelope.of(id, contract.name(), codec.contentType(), engine.time.now(), body);
  }

  static <T> byte[] encode(Contract contract, Codec<T> codec, T payload) {
    try {
      return codec.encode(Objects.requireNonNull(payload, "the payload is null"));
    } catch (Exception failed) {
      throw malformed(contract, Fault.CALLER, "the payload cannot be encoded", failed);
    }
  }

  /** Decodes a message that is to be handled: if it cannot be, nothing has happened. */
  static <T> T decode(Contract contract, Codec<T> codec, byte[] body) {
    return decode(contract, codec, body, Effect.NONE);
  }

  /** Decodes an answer: whoever gave it has acted, also if it cannot be read. */
  static <T> T decodeReply(Contract contract, Codec<T> codec, byte[] body) {
    return decode(contract, codec, body, Effect.POSSIBLE);
  }

  private static <T> T decode(Contract contract, Codec<T> codec, byte[] body, Effect effect) {
    try {
      return codec.decode(body);
    } catch (Exception | StackOverflowError failed) {
      // The stack is that of a payload nested too deeply: no later attempt reads it either.
      CommsException malformed =
          malformed(contract, Fault.REMOTE, body.length + " bytes cannot be decoded", failed);
      throw malformed.with(malformed.facts().effect(effect));
    }
  }

  static CommsException malformed(Contract contract, Fault fault, String what, Throwable cause) {
    return new CommsException.Malformed(
        Facts.of(contract.name())
            .effect(Effect.NONE)
            .fault(fault)
            .message(what + "; both sides must use the same contract and codec")
            .cause(cause));
  }

  <R> CompletableFuture<R> send(
      Contract contract, Envelope message, Deadline deadline, Function<Reply, R> result) {
    return send(contract, message, deadline, Order.NOW, result);
  }

  <R> CompletableFuture<R> send(
      Contract contract,
      Envelope message,
      Deadline deadline,
      Order order,
      Function<Reply, R> result) {
    CommsException refusal = engine.refusal(contract.name());
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    Way way = way(contract);
    Exchange exchange =
        Exchange.of(verb, way.contract, place.target(), message, deadline, 1).with(order);
    return Pipeline.run(way.pipeline, exchange, result::apply);
  }

  private Way way(Contract contract) {
    Way known = ways.get(contract);
    if (known == null) {
      admit(contract);
    }
    Contract now = engine.effective(contract);
    return known != null && known.contract == now
        ? known
        : ways.compute(contract, (declared, old) -> made(now, old));
  }

  private Way made(Contract now, @Nullable Way old) {
    if (old != null && old.contract == now) {
      return old;
    }
    return new Way(
        now, Pipeline.sending(new Steps(place, verb, now), engine.policies, transport.apply(now)));
  }

  /** Before it is known to anybody else: what is made per message must not be remembered. */
  private void admit(Contract contract) {
    if (ways.size() >= MOST_CONTRACTS) {
      throw new CommsException.Misconfigured(
          contract.name(),
          "more than "
              + MOST_CONTRACTS
              + " contracts at one destination; declare contracts once, as constants");
    }
    engine.operator.know(contract);
  }

  /**
   * Begins and waits for a confirm. If the wait ends first, nothing is known, and the id says of
   * what.
   *
   * @throws CommsException.UnknownOutcome if no confirm came in time, or the thread was interrupted
   */
  String await(
      Supplier<CompletableFuture<String>> begin, Contract contract, String id, Deadline by) {
    try {
      return engine.time.await(begin, contract.name(), by.later(GRACE), engine.callbacks);
    } catch (CommsException.DeadlineExceeded | CommsException.Cancelled ended) {
      if (ended.effect() == Effect.NONE) {
        throw ended;
      }
      String why = "no confirm of " + id + " came: " + ended.reason();
      throw new CommsException.UnknownOutcome(id, ended.facts().message(why));
    }
  }

  /** A confirm as a reply; cancelling it reaches the transport. */
  static CompletableFuture<Envelope> reply(CompletableFuture<Void> confirmed) {
    CompletableFuture<Envelope> reply =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean interrupt) {
            return super.cancel(interrupt) && confirmed.cancel(interrupt);
          }
        };
    confirmed.whenComplete(
        (done, failure) -> {
          if (failure == null) {
            reply.complete(Envelope.EMPTY);
          } else {
            reply.completeExceptionally(failure);
          }
        });
    return reply;
  }
}
