package dev.comms;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Download;
import dev.comms.contract.StreamCall;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Calls to one destination. Immutable and safe for use by many threads; {@link #within}, {@link
 * #header} and {@link #detached} return views for one call site.
 */
public final class Calls {
  /**
   * The transport ends a call at its deadline; the waiting thread leaves it this long to say why.
   */
  private static final Duration GRACE = Duration.ofMillis(20);

  private final Engine engine;
  private final Sender unary;
  private final Sender streams;
  private final View view;

  private record View(@Nullable Duration within, boolean detached, Map<String, String> headers) {}

  Calls(Engine engine, CallTransport transport) {
    this.engine = engine;
    Steps.Place place = engine.place(transport.target(), transport);
    this.unary = new Sender(engine, Verb.CALL, place, contract -> unary(transport, contract));
    this.streams = new Sender(engine, Verb.OPEN, place, contract -> opening(transport, contract));
    this.view = new View(null, false, Map.of());
  }

  private Calls(Calls other, View view) {
    this.engine = other.engine;
    this.unary = other.unary;
    this.streams = other.streams;
    this.view = view;
  }

  private static Next unary(CallTransport transport, Contract contract) {
    Call<?, ?> call = (Call<?, ?>) contract;
    return exchange -> transport.call(call, exchange.message(), exchange.deadline());
  }

  private static Next opening(CallTransport transport, Contract contract) {
    StreamCall<?, ?> call = (StreamCall<?, ?>) contract;
    return exchange -> transport.open(call, exchange.message(), exchange.deadline());
  }

  /** A view whose calls must be answered within this, where the contract does not say less. */
  public Calls within(Duration limit) {
    return new Calls(this, new View(limit, view.detached, view.headers));
  }

  /** A view that does not inherit the deadline of the handler on whose thread it is used. */
  public Calls detached() {
    return new Calls(this, new View(view.within, true, view.headers));
  }

  /**
   * A view that sends one more header.
   *
   * @param name lower case letters, digits, {@code -}, {@code _} and {@code .}
   * @param value without control characters
   */
  public Calls header(String name, String value) {
    Map<String, String> more = new HashMap<>(view.headers);
    more.put(Headers.name(name), Headers.value(name, value));
    return new Calls(this, new View(view.within, view.detached, Map.copyOf(more)));
  }

  /**
   * Calls and waits.
   *
   * @throws CommsException what happened, with its effect and fault
   */
  public <Q, R> R call(Call<Q, R> call, Q request) {
    Deadline deadline = deadline(call);
    return engine.time.await(
        callAsync(call, request, deadline), call.name(), deadline.later(GRACE));
  }

  /** Calls; the future fails with a {@link CommsException}, and cancelling it reaches the wire. */
  public <Q, R> CompletableFuture<R> callAsync(Call<Q, R> call, Q request) {
    return callAsync(call, request, deadline(call));
  }

  private <Q, R> CompletableFuture<R> callAsync(Call<Q, R> call, Q request, Deadline deadline) {
    try {
      return unary.send(
          call,
          head(unary, call, call.request(), request),
          deadline,
          reply -> Sender.decodeReply(call, call.reply(), ((Envelope) reply).body()));
    } catch (CommsException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  /**
   * Opens a download and waits until it is open.
   *
   * @throws CommsException what happened, with its effect and fault
   */
  public <Q, R> Incoming<R> open(Download<Q, R> download, Q request) {
    Deadline total = deadline(download);
    Envelope head = head(streams, download, download.request(), request);
    Pipe pipe =
        engine.time.await(
            streams.send(download, head, total, reply -> (Pipe) reply),
            download.name(),
            total.within(download.firstWithin()));
    return new Incoming<>(download, pipe, engine.time, total);
  }

  private <Q> Envelope head(Sender sender, Contract contract, Codec<Q> codec, Q request) {
    Envelope message = sender.message(contract, codec, Ids.next(), request);
    return view.headers.isEmpty() ? message : message.headers(view.headers);
  }

  private Deadline deadline(Contract contract) {
    Deadline deadline = engine.deadline(contract.limit(), view.detached);
    return view.within == null ? deadline : deadline.within(view.within);
  }
}
