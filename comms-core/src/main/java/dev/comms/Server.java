package dev.comms;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Download;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Handler;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.CallServer;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadPoolExecutor;

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
  private final Steps.Place downloads;
  private final ThreadPoolExecutor unary;
  private final ThreadPoolExecutor streams;
  private final Map<Contract, CallServer.Answerer> answerers = new LinkedHashMap<>();

  Server(Engine engine, CallServer transport) {
    this.engine = engine;
    this.transport = transport;
    this.calls = engine.place("server of " + engine.service, transport);
    this.downloads = engine.place("server of " + engine.service, transport);
    int serving = engine.policies.serving();
    this.unary = Pool.of("comms-call-" + engine.service, Math.min(THREADS, serving), serving);
    this.streams = Pool.of("comms-stream-" + engine.service, serving, 1);
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
              return reply(call, message, handler.answer(request, context));
            });
    List<Policy> order = order(calls, Verb.ANSWER, call, unary);
    return add(call, Answering.unary(call, Pipeline.chain(order, last)));
  }

  /**
   * Answers a download: each message that the handler gives to its consumer waits until the peer
   * can take it, at most the contract's idle limit.
   *
   * @throws CommsException.Misconfigured if it has a handler already, or comms was started
   */
  public <Q, R> Server stream(Download<Q, R> download, Handler.Stream<Q, R> handler) {
    List<Policy> order = order(downloads, Verb.STREAM, download, streams);
    return add(
        download,
        Answering.stream(
            download, pipe -> Pipeline.chain(order, streaming(download, handler, pipe))));
  }

  private <Q, R> Next streaming(Download<Q, R> download, Handler.Stream<Q, R> handler, Pipe pipe) {
    return Handling.of(
        (exchange, context) -> {
          Q request = Sender.decode(download, download.request(), exchange.message().body());
          Outgoing<R> out = new Outgoing<>(download, pipe, engine.time, exchange.deadline());
          handler.stream(request, out, context);
          out.finish();
          return Envelope.EMPTY;
        });
  }

  private List<Policy> order(
      Steps.Place place, Verb verb, Contract contract, ThreadPoolExecutor pool) {
    Steps steps = new Steps(place, verb, contract);
    Policy threads = new Threads(pool, engine);
    return Pipeline.receiving(steps, engine.policies, Optional.of(steps.shed()), threads);
  }

  private <Q, R> Envelope reply(Call<Q, R> call, Envelope request, R answer) {
    String type = call.reply().contentType();
    try {
      byte[] body = Sender.encode(call, call.reply(), answer);
      return Envelope.of(request.id(), call.name(), type, engine.time.now(), body);
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
    boolean known =
        answerers.keySet().stream().anyMatch(other -> other.name().equals(contract.name()));
    if (known) {
      throw new CommsException.Misconfigured(
          contract.name(), "has a handler already on this server");
    }
    answerers.put(contract, answerer);
    return this;
  }

  synchronized void register() {
    transport.answer(Map.copyOf(answerers));
  }

  void close(Deadline deadline) {
    Pool.close(unary, deadline);
    Pool.close(streams, deadline);
  }
}
