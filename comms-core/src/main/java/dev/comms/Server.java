package dev.comms;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Download;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Handler;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Upload;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.Ability;
import dev.comms.spi.CallServer;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health;
import dev.comms.spi.Pipe;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers calls. Handlers are registered before {@code comms.start()}, which begins to listen; they
 * run on threads of this server, streams on others than unary calls so that neither starves the
 * other.
 */
public final class Server {
  private static final int THREADS = 64;

  private final Engine engine;
  private final CallServer transport;
  private final Steps.Place calls;
  // Of its own, since a stream holds its place for long and would push out calls.
  private final Steps.Place longs;
  private final Crew unary;
  private final Crew streams;
  private Instant since; // guarded by this
  private final Map<Contract, CallServer.Answerer> answerers = new LinkedHashMap<>();

  Server(Engine engine, CallServer transport) {
    this.engine = engine;
    this.transport = transport;
    this.since = engine.time.now();
    this.calls = engine.place("server of " + engine.service, transport);
    this.longs = engine.place("server of " + engine.service, transport);
    int serving = engine.policies.serving();
    this.unary = crew("comms-call-", Math.min(THREADS, serving), serving);
    this.streams = crew("comms-stream-", serving, 1);
    transport.own().forEach(this::own);
  }

  private Crew crew(String prefix, int threads, int places) {
    return new Crew(
        prefix + engine.service,
        HandlerThreads.of(engine, prefix + engine.service),
        threads,
        places,
        this::changed);
  }

  private synchronized void changed() {
    since = engine.time.now();
  }

  /** DOWN while so many handlers ignore their interrupts that nothing more is begun; else none. */
  synchronized List<Health.Part> parts() {
    List<Health.Part> parts = new ArrayList<>();
    for (Crew crew : List.of(unary, streams)) {
      if (crew.stuck()) {
        String reason =
            crew.abandoned()
                + " handlers ignore their interrupts and keep their threads, so what comes is"
                + " refused until some end; make handlers end when they are interrupted";
        parts.add(
            new Health.Part(
                "server of " + engine.service, Health.State.DOWN, since, Map.of("reason", reason)));
      }
    }
    return parts;
  }

  /**
   * Answers a call: the handler returns the reply, or throws {@code Rejected} to answer no.
   *
   * @throws CommsException.Misconfigured if it has a handler already, or comms was started
   */
  public <Q, R> Server answer(Call<Q, R> call, Handler.Answer<Q, R> handler) {
    Next last =
        Handling.of(
            (exchange, context) -> {
              Envelope message = exchange.message();
              Q request = Sender.decode(call, call.request(), message.body());
              return reply(call, message, answered(call, request, handler, context));
            });
    List<Policy> order = order(calls, Verb.ANSWER, call, unary);
    return add(call, Answering.unary(engine, call, Pipeline.chain(order, last)));
  }

  private static <Q, R> R answered(
      Call<Q, R> call, Q request, Handler.Answer<Q, R> handler, Context context) throws Exception {
    try {
      return handler.answer(request, context);
    } catch (CommsException failed) {
      throw relayed(call, failed);
    }
  }

  /**
   * What another server of the same contract said, as a relay hears it, is not this handler's word:
   * this one has acted. Only what was tried has times of its attempts, not what a handler made.
   */
  private static CommsException relayed(Contract contract, CommsException failed) {
    boolean heard = !failed.facts().times().isEmpty() && failed.contract().equals(contract.name());
    return heard && !(failed instanceof CommsException.Rejected)
        ? new CommsException.Failed(failed.facts().cause(failed))
        : failed;
  }

  /**
   * Answers a download: each message that the handler gives to its consumer waits until the peer
   * can take it, at most the contract's idle limit.
   *
   * @throws CommsException.Misconfigured if it has a handler already, or comms was started
   */
  public <Q, R> Server stream(Download<Q, R> download, Handler.Stream<Q, R> handler) {
    return add(
        download,
        (stream, exchange, context) -> {
          Q request = Sender.decode(download, download.request(), exchange.message().body());
          Outgoing<R> out = new Outgoing<>(stream, download.reply());
          handler.stream(request, out, context);
          out.finish();
        });
  }

  /**
   * Answers an upload: the handler iterates over the messages and returns the reply, also before
   * their end if it needs no more. Its iterator waits within the contract's limits, and fails when
   * the caller has gone.
   *
   * @throws CommsException.Misconfigured if it has a handler already, or comms was started, or the
   *     transport carries no uploads
   */
  public <Q, R> Server collect(Upload<Q, R> upload, Handler.Collect<Q, R> handler) {
    requireClientStreams(upload);
    return add(
        upload,
        (stream, exchange, context) -> {
          R reply = handler.collect(incoming(upload, stream), context);
          byte[] body = encodeReply(upload, upload.reply(), reply);
          stream.write(body);
          stream.finish();
        });
  }

  /**
   * Answers a dialogue: the handler iterates over the caller's messages, and each that it gives to
   * its consumer waits until the caller can take it. The dialogue ends when the handler returns.
   * Both wait within the contract's limits, and fail when the caller has gone; they may be used by
   * two threads.
   *
   * @throws CommsException.Misconfigured if it has a handler already, or comms was started, or the
   *     transport carries no dialogues
   */
  public <Q, R> Server converse(Dialogue<Q, R> dialogue, Handler.Converse<Q, R> handler) {
    requireClientStreams(dialogue);
    return add(
        dialogue,
        (stream, exchange, context) -> {
          Outgoing<R> out = new Outgoing<>(stream, dialogue.reply());
          handler.converse(incoming(dialogue, stream), out, context);
          out.finish();
        });
  }

  private void requireClientStreams(Contract contract) {
    if (!transport.abilities().contains(Ability.CLIENT_STREAMS)) {
      throw Ability.CLIENT_STREAMS.refused(contract.name(), transport.system());
    }
  }

  /** The handler may have acted on earlier messages, so one that cannot be read is no refusal. */
  private static <Q> Incoming<Q> incoming(StreamCall<Q, ?> call, OpenStream stream) {
    return new Incoming<>(stream, body -> Sender.decodeReply(call, call.request(), body));
  }

  /** Answers one stream. */
  @FunctionalInterface
  private interface Streaming {
    void run(OpenStream stream, Exchange exchange, Context context) throws Exception;
  }

  private Server add(StreamCall<?, ?> call, Streaming streaming) {
    List<Policy> order = order(longs, Verb.STREAM, call, streams);
    return add(
        call, Answering.stream(call, pipe -> Pipeline.chain(order, last(call, streaming, pipe))));
  }

  /** What the transport answers itself, on the way of all that is answered. */
  private void own(Contract contract, CallServer.Own own) {
    if (contract instanceof Call<?, ?>) {
      List<Policy> order = order(calls, Verb.ANSWER, contract, unary);
      add(
          contract,
          Answering.own(engine, contract, pipe -> Pipeline.chain(order, Handling.own(own, pipe))));
    } else {
      List<Policy> order = order(longs, Verb.STREAM, contract, streams);
      add(
          contract,
          Answering.stream(contract, pipe -> Pipeline.chain(order, Handling.own(own, pipe))));
    }
  }

  private Next last(StreamCall<?, ?> call, Streaming streaming, Pipe pipe) {
    return Handling.of(
        (exchange, context) -> {
          Deadline total = exchange.deadline();
          streaming.run(OpenStream.answerers(call, pipe, engine.time, total), exchange, context);
          return Envelope.EMPTY;
        });
  }

  private List<Policy> order(Steps.Place place, Verb verb, Contract contract, Crew crew) {
    Steps steps = new Steps(place, verb, contract);
    Policy threads = new Threads(crew, engine, contract);
    return Pipeline.receiving(steps, engine.policies, Optional.of(steps.shed()), threads);
  }

  private <Q, R> Envelope reply(Call<Q, R> call, Envelope request, R answer) {
    byte[] body = encodeReply(call, call.reply(), answer);
    String type = call.reply().contentType();
    return Envelope.of(request.id(), call.name(), type, engine.time.now(), body);
  }

  private static <R> byte[] encodeReply(Contract contract, Codec<R> codec, R answer) {
    try {
      return Sender.encode(contract, codec, answer);
    } catch (CommsException.Malformed reply) {
      // The handler has run, so its caller must not take this for something that did not happen.
      throw new CommsException.Failed(reply.facts().effect(Effect.POSSIBLE).fault(Fault.LOCAL));
    }
  }

  private synchronized Server add(Contract contract, CallServer.Answerer answerer) {
    if (engine.phase() != Engine.Phase.MADE) {
      throw new CommsException.Misconfigured(
          contract.name(), "a handler was added after comms.start(); add it before");
    }
    List<Contract> names = new ArrayList<>(List.of(contract));
    if (contract instanceof Call<?, ?> call) {
      call.aliases().forEach(former -> names.add(call.as(former)));
    } else if (contract instanceof StreamCall<?, ?> stream) {
      stream.aliases().forEach(former -> names.add(stream.as(former)));
    }
    for (Contract one : names) {
      if (answerers.keySet().stream().anyMatch(other -> other.name().equals(one.name()))) {
        throw new CommsException.Misconfigured(
            one.name(), "has a handler already on this server; give it one handler");
      }
    }
    names.forEach(one -> answerers.put(one, answerer));
    engine.operator.know(contract);
    return this;
  }

  synchronized void register() {
    Map<Contract, CallServer.Answerer> known = new LinkedHashMap<>();
    answerers.forEach((contract, answerer) -> known.put(widest(contract), answerer));
    transport.answer(Map.copyOf(known));
  }

  /** A transport cuts at the limit that it knows: it must not cut what an operator may allow. */
  private static Contract widest(Contract contract) {
    return contract instanceof Call<?, ?> call && !call.bounds().most().equals(call.limit())
        ? call.adjusted(call.bounds().most())
        : contract;
  }

  void close(Deadline deadline) {
    unary.close(deadline);
    streams.close(deadline);
  }
}
