package dev.comms;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Download;
import dev.comms.contract.Fault;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Upload;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls to one destination. Immutable and safe for use by many threads; {@link #within}, {@link
 * #header} and {@link #detached} return views for one call site. Continuations of its futures run
 * on threads of comms; a blocking verb there is refused with {@code Misconfigured}, since a few of
 * them would hold up all others.
 */
public final class Calls {
  /**
   * The transport ends a call at its deadline; the waiting thread leaves it this long to say why.
   */
  private static final Duration GRACE = Duration.ofMillis(20);

  /** The same for an opening, whose limit is a timer that first has to find a thread. */
  private static final Duration OPENING_GRACE = Duration.ofMillis(250);

  private static final Duration LONGEST = Duration.ofDays(7);

  /** Carries no message: the caller of an upload or a dialogue sends all of them later. */
  private static final byte[] NOTHING = new byte[0];

  private final Engine engine;
  private final Sender unary;
  private final Sender streams;
  private final View view;

  private record View(@Nullable Duration within, boolean detached, Map<String, String> headers) {}

  Calls(Engine engine, CallTransport transport) {
    this.engine = engine;
    Steps.Place place = engine.place(transport.target(), transport);
    this.unary = new Sender(engine, Verb.CALL, place, contract -> unary(transport, contract));
    this.streams =
        new Sender(engine, Verb.OPEN, place, contract -> opening(engine, transport, contract));
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

  private static Next opening(Engine engine, CallTransport transport, Contract contract) {
    return new Opening(engine, transport, (StreamCall<?, ?>) contract);
  }

  /**
   * A view whose calls must be answered within this, where the contract does not say less.
   *
   * @param limit more than 0, at most 7 days
   */
  public Calls within(Duration limit) {
    Objects.requireNonNull(limit, "calls: within is null; leave it out for the contract's limit");
    if (limit.isNegative() || limit.isZero() || limit.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "calls: within is " + limit + " but must be more than 0 and at most " + LONGEST);
    }
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
    return headers(Map.of(name, value));
  }

  /** A view that sends these headers too; see {@link #header}. */
  public Calls headers(Map<String, String> all) {
    Map<String, String> more = new HashMap<>(view.headers);
    all.forEach((name, value) -> more.put(Headers.name(name), Headers.value(name, value)));
    return new Calls(this, new View(view.within, view.detached, Headers.all(more)));
  }

  /** The same view on bytes, for relays and for stubs, which have codecs of their own. */
  public RawCalls raw() {
    return new RawCalls(this, engine);
  }

  String target() {
    return unary.target();
  }

  CompletableFuture<Envelope> callRaw(Call<?, ?> call, byte[] request) {
    Codec<byte[]> codec = Codec.bytes(call.request().contentType());
    Envelope message = head(unary, call, codec, request);
    return unary.send(call, message, deadline(call), Envelope.class::cast);
  }

  CompletableFuture<Pipe> openRaw(StreamCall<?, ?> call, byte[] head) {
    Deadline total = deadline(call);
    Envelope message = head(streams, call, Codec.bytes(call.request().contentType()), head);
    return streams.send(
        call, message, total, reply -> new Unattended(call, (Pipe) reply, engine, total));
  }

  /**
   * Calls and waits.
   *
   * @throws CommsException what happened, with its effect and fault
   */
  public <Q, R> R call(Call<Q, R> call, Q request) {
    engine.mayWait(call);
    Deadline deadline = deadline(call);
    return engine.time.await(
        () -> callAsync(call, request, deadline),
        call.name(),
        deadline.later(GRACE),
        engine.callbacks);
  }

  /** Calls; the future fails with a {@link CommsException}, and cancelling it reaches the wire. */
  public <Q, R> CompletableFuture<R> callAsync(Call<Q, R> call, Q request) {
    try {
      return callAsync(call, request, deadline(call));
    } catch (CommsException failed) {
      return CompletableFuture.failedFuture(failed);
    }
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
   * Opens a download and waits until it is open. Only the opening is ever tried again.
   *
   * @throws CommsException what happened, with its effect and fault
   */
  public <Q, R> Incoming<R> open(Download<Q, R> download, Q request) {
    engine.mayWait(download);
    Deadline total = deadline(download);
    return opened(download, total, opening(download, request, total));
  }

  /** Opens a download; cancelling the future reaches the wire. */
  public <Q, R> CompletableFuture<Incoming<R>> openAsync(Download<Q, R> download, Q request) {
    return opening(download, request, deadline(download));
  }

  private <Q, R> CompletableFuture<Incoming<R>> opening(
      Download<Q, R> download, Q request, Deadline total) {
    return opening(
        download,
        download.request(),
        request,
        total,
        stream ->
            new Incoming<>(stream, body -> Sender.decodeReply(download, download.reply(), body)));
  }

  /**
   * Opens an upload and waits until it is open. Only the opening is ever tried again.
   *
   * @throws CommsException what happened, with its effect and fault; {@code Misconfigured} if the
   *     transport carries no uploads
   */
  public <Q, R> Uploading<Q, R> open(Upload<Q, R> upload) {
    engine.mayWait(upload);
    Deadline total = deadline(upload);
    return opened(upload, total, opening(upload, total));
  }

  /** Opens an upload; cancelling the future reaches the wire. */
  public <Q, R> CompletableFuture<Uploading<Q, R>> openAsync(Upload<Q, R> upload) {
    return opening(upload, deadline(upload));
  }

  private <Q, R> CompletableFuture<Uploading<Q, R>> opening(Upload<Q, R> upload, Deadline total) {
    return opening(
        upload, Codec.bytes(), NOTHING, total, stream -> new Uploading<>(upload, stream));
  }

  /**
   * Opens a dialogue and waits until it is open. Only the opening is ever tried again.
   *
   * @throws CommsException what happened, with its effect and fault; {@code Misconfigured} if the
   *     transport carries no dialogues
   */
  public <Q, R> Talk<Q, R> open(Dialogue<Q, R> dialogue) {
    engine.mayWait(dialogue);
    Deadline total = deadline(dialogue);
    return opened(dialogue, total, opening(dialogue, total));
  }

  /** Opens a dialogue; cancelling the future reaches the wire. */
  public <Q, R> CompletableFuture<Talk<Q, R>> openAsync(Dialogue<Q, R> dialogue) {
    return opening(dialogue, deadline(dialogue));
  }

  private <Q, R> CompletableFuture<Talk<Q, R>> opening(Dialogue<Q, R> dialogue, Deadline total) {
    return opening(dialogue, Codec.bytes(), NOTHING, total, stream -> new Talk<>(dialogue, stream));
  }

  private <H, T> CompletableFuture<T> opening(
      StreamCall<?, ?> call,
      Codec<H> codec,
      H head,
      Deadline total,
      Function<OpenStream, T> handle) {
    try {
      return streams.send(
          call,
          head(streams, call, codec, head),
          total,
          reply -> handle.apply(OpenStream.callers(call, (Pipe) reply, engine.time, total)));
    } catch (CommsException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  private <T> T opened(StreamCall<?, ?> call, Deadline total, CompletableFuture<T> opening) {
    Deadline first = total.within(call.firstWithin());
    try {
      return engine.time.await(opening, call.name(), first.later(OPENING_GRACE));
    } catch (CommsException.DeadlineExceeded late) {
      if (opening.isCompletedExceptionally() && !opening.isCancelled()) {
        throw late;
      }
      String what = "not opened within firstWithin " + call.firstWithin();
      throw OpenStream.late(call, total, what, Fault.REMOTE);
    }
  }

  private <Q> Envelope head(Sender sender, Contract contract, Codec<Q> codec, Q request) {
    Envelope message = sender.message(contract, codec, Ids.next(), request);
    return view.headers.isEmpty() ? message : message.headers(view.headers);
  }

  private Deadline deadline(Contract contract) {
    Deadline deadline = engine.deadline(engine.effective(contract).limit(), view.detached);
    return view.within == null ? deadline : deadline.within(view.within);
  }
}
