package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.StreamCall;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One channel to one destination; gRPC supervises its connections. */
final class Session {
  private static final long MOST_SECONDS_TO_CLOSE = 3;

  /** What core admits to one destination, and as many with an operator's overrides. */
  private static final int MOST_METHODS = 2_000;

  private final ClientSettings settings;
  private final Host host;
  private final ExecutorService resolver;
  private final TlsFiles files;
  private final ManagedChannel channel;
  private final Reconnecting reconnecting;
  private final InFlight inFlight = new InFlight();
  private final CallOptions always;
  private final Map<Contract, MethodDescriptor<byte[], byte[]>> methods = new ConcurrentHashMap<>();
  private volatile Instant since;

  Session(ClientSettings settings, Host host) {
    this.settings = settings;
    this.host = host;
    this.since = host.time().now();
    this.always = always(settings, host);
    this.files = settings.security().open("grpc " + settings.target(), host);
    this.resolver = resolver();
    this.channel = build();
    this.reconnecting =
        new Reconnecting(
            host.time(),
            host.callbacks(),
            () -> channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE,
            channel::resetConnectBackoff);
    watch(channel.getState(true));
  }

  private ManagedChannel build() {
    try {
      return Channels.builder(settings, files, resolver)
          .executor(host.callbacks())
          .offloadExecutor(resolver)
          // Policy retries are core's alone; what gRPC never sent it still repeats by itself.
          .disableServiceConfigLookUp()
          .defaultServiceConfig(settings.connecting().serviceConfig())
          .keepAliveTime(settings.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
          .keepAliveTimeout(10, TimeUnit.SECONDS)
          .maxInboundMessageSize(settings.maxMessageBytes())
          .userAgent("comms " + host.service())
          .build();
    } catch (RuntimeException refused) {
      resolver.shutdown();
      files.close();
      throw refused instanceof IllegalArgumentException
          ? Channels.none(settings.target())
          : refused;
    }
  }

  private static CallOptions always(ClientSettings settings, Host host) {
    CallOptions options = CallOptions.DEFAULT;
    if (settings.connecting().waits()) {
      options = options.withWaitForReady();
    }
    Bearer bearer = settings.security().bearer();
    if (bearer != null) {
      options = options.withCallCredentials(bearer.on(host.callbacks()));
    }
    return settings.connecting().compressed() ? Gzip.options(options) : options;
  }

  /** DNS blocks, so it has a thread of its own; a channel resolves once at a time. */
  private static ExecutorService resolver() {
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1,
            1,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(64),
            work -> {
              Thread thread = new Thread(work, "comms-grpc-resolver");
              thread.setDaemon(true);
              return thread;
            });
    one.allowCoreThreadTimeOut(true);
    return one;
  }

  private void watch(ConnectivityState state) {
    since = host.time().now();
    if (state == ConnectivityState.TRANSIENT_FAILURE) {
      reconnecting.lost();
    }
    if (state != ConnectivityState.SHUTDOWN) {
      channel.notifyWhenStateChanged(state, () -> watch(channel.getState(false)));
    }
  }

  String target() {
    return settings.target();
  }

  Host host() {
    return host;
  }

  InFlight inFlight() {
    return inFlight;
  }

  /** Made once: gRPC keeps the path in its own form with it. */
  private MethodDescriptor<byte[], byte[]> method(Contract contract) {
    MethodDescriptor<byte[], byte[]> known = methods.get(contract);
    if (known != null) {
      return known;
    }
    MethodDescriptor<byte[], byte[]> made = Topology.method(contract);
    if (methods.size() < MOST_METHODS) {
      methods.put(contract, made);
    }
    return made;
  }

  /** A call that is not started; gRPC ends it at the deadline. */
  ClientCall<byte[], byte[]> newCall(Contract contract, Deadline deadline, SentTrace trace) {
    reconnecting.asked();
    CallOptions options =
        always
            .withExecutor(host.callbacksHere())
            .withDeadlineAfter(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)
            .withStreamTracerFactory(trace);
    // Core says what is inherited; gRPC's own context would shorten and cancel detached work too.
    Context before = Context.ROOT.attach();
    try {
      return over(contract, channel.newCall(method(contract), options));
    } finally {
      Context.ROOT.detach(before);
    }
  }

  private ClientCall<byte[], byte[]> over(Contract contract, ClientCall<byte[], byte[]> call) {
    if (settings.target().startsWith(Channels.IN_PROCESS)) {
      return contract instanceof StreamCall<?, ?> ? ReadAhead.over(call) : call;
    }
    return settings.connecting().compressed() ? Gzip.compressing(call) : call;
  }

  /**
   * What can be refused without the other side.
   *
   * @throws CommsException with an effect of NONE
   */
  void check(Contract contract, Envelope message, Deadline deadline) {
    Facts none = Facts.of(contract.name()).effect(Effect.NONE);
    if (deadline.expired()) {
      throw new CommsException.DeadlineExceeded(
          none.fault(Fault.CALLER).message("the deadline passed before it was sent"));
    }
    check(contract, message.body());
  }

  /**
   * The bound of one message.
   *
   * @throws CommsException.Malformed with an effect of NONE
   */
  void check(Contract contract, byte[] message) {
    if (message.length > settings.maxMessageBytes()) {
      String text =
          "the request has %d bytes but at most %d are sent; raise maxMessageBytes on both sides";
      throw new CommsException.Malformed(
          Facts.of(contract.name())
              .effect(Effect.NONE)
              .fault(Fault.CALLER)
              .message(text.formatted(message.length, settings.maxMessageBytes())));
    }
  }

  CommsException closing(Contract contract) {
    return new CommsException.Unavailable(
        Facts.of(contract.name())
            .effect(Effect.NONE)
            .fault(Fault.LOCAL)
            .message("not sent, since this transport is closing"));
  }

  Health health() {
    ConnectivityState connection = channel.getState(false);
    Health.State state =
        switch (connection) {
          // Idle is as good as ready: it connects with the next call.
          case READY, IDLE -> Health.State.UP;
          case CONNECTING -> Health.State.STARTING;
          case TRANSIENT_FAILURE, SHUTDOWN -> Health.State.DOWN;
        };
    if (inFlight.draining() && state != Health.State.DOWN) {
      state = Health.State.DRAINING;
    }
    Map<String, String> facts = new HashMap<>(files.facts());
    facts.put("connection", connection.name());
    facts.put("inFlight", String.valueOf(inFlight.size()));
    facts.put("tls", String.valueOf(!settings.security().plaintext()));
    Health.Part part = new Health.Part("grpc " + target(), state, since, facts);
    return Health.of(List.of(part.because(reason(state, connection))));
  }

  private String reason(Health.State state, ConnectivityState connection) {
    return switch (state) {
      case UP -> "";
      case STARTING -> "connecting to " + target();
      case DRAINING -> "comms.close() waits for " + inFlight.size() + " calls to end";
      case DOWN ->
          connection == ConnectivityState.SHUTDOWN
              ? "closed"
              : "no connection to " + target() + "; look at its name, its port, TLS and the server";
    };
  }

  /** Ends what is left; waits, bounded, so that nothing runs on when it returns. */
  void close() {
    inFlight.refuse();
    files.close();
    reconnecting.close();
    channel.shutdownNow();
    try {
      channel.awaitTermination(MOST_SECONDS_TO_CLOSE, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    resolver.shutdown();
  }
}
