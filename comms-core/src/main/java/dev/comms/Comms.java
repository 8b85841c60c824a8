package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.policy.Policies;
import dev.comms.spi.CallServer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Health;
import dev.comms.spi.Store;
import dev.comms.spi.TaskTransport;
import dev.comms.spi.Transport;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service's conversations: what it calls, submits and publishes, and what it handles. Built,
 * then given its transports and handlers, then started; closing drains everything in the right
 * order. Safe for use by many threads.
 */
public final class Comms implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Comms.class);
  private static final int CALLBACK_QUEUE = 100_000;
  private static final Duration ATTACH = Duration.ofSeconds(30);

  private final Engine engine;
  private final ExecutorService callbacks;
  private final Duration drainWithin;
  private final Consumers consumers;
  // Written under this lock before the start, never after it.
  private final List<Transport> clients = new CopyOnWriteArrayList<>();
  private final List<Transport> listeners = new CopyOnWriteArrayList<>();
  private final List<Server> servers = new CopyOnWriteArrayList<>();
  // Guarded by this.
  private boolean closing;

  private Comms(Builder builder, Settings settings) {
    this.callbacks =
        Pool.patient(
            builder.time,
            "comms-" + builder.service,
            Math.max(4, Runtime.getRuntime().availableProcessors()),
            CALLBACK_QUEUE);
    this.drainWithin = builder.drainWithin;
    this.engine =
        new Engine(
            builder.service,
            builder.meters,
            builder.time,
            builder.policies,
            builder.telemetry,
            callbacks,
            builder.platformThreads,
            settings,
            List.copyOf(builder.contracts),
            new Memory(builder.store, builder.time));
    this.consumers = new Consumers(builder.time, engine.operator);
  }

  /**
   * Begins a service.
   *
   * @param service its name: 1 to 100 of {@code [a-zA-Z0-9._-]}
   * @param meters where everything is measured; there is no comms without it
   */
  public static Builder service(String service, MeterRegistry meters) {
    return new Builder(service, meters);
  }

  /** Calls over this transport, which this comms then owns and closes. */
  public Calls calls(CallTransport transport) {
    adopt(clients, transport);
    return new Calls(engine, transport);
  }

  /** Tasks over this transport, which this comms then owns and closes. */
  public Tasks tasks(TaskTransport transport) {
    adopt(clients, transport);
    return new Tasks(engine, transport, consumers);
  }

  /** Events over this transport, which this comms then owns and closes. */
  public Events events(EventTransport transport) {
    adopt(clients, transport);
    return new Events(engine, transport, consumers);
  }

  /** A server on this transport, which this comms then owns and closes. */
  public synchronized Server serve(CallServer transport) {
    adopt(listeners, transport);
    Server server = new Server(engine, transport);
    servers.add(server);
    return server;
  }

  private synchronized void adopt(List<Transport> role, Transport transport) {
    if (engine.phase() != Engine.Phase.MADE) {
      throw new CommsException.Misconfigured(
          transport.system(), "a transport was added after comms.start(); add it before");
    }
    if (!role.contains(transport)) {
      role.add(transport);
    }
  }

  /**
   * Connects, then consumes, then listens; after it everything runs. If anything cannot be reached
   * or is wrongly set up, all is closed again.
   *
   * @throws CommsException the first failure
   */
  public void start() {
    synchronized (this) {
      if (engine.phase() != Engine.Phase.MADE) {
        throw new CommsException.Misconfigured(engine.service, "comms.start() was called before");
      }
      engine.phase(Engine.Phase.STARTING);
    }
    try {
      engine.operator.verify();
      attach(clients);
      engine.memory.open(engine.host(), ATTACH);
      servers.forEach(Server::register);
      begin();
      attach(listeners);
      leaveIfClosed();
      LOG.info("{}: started, {}", engine.service, health().state());
    } catch (RuntimeException failed) {
      close();
      throw CommsException.of(engine.service, failed);
    }
  }

  private synchronized void begin() {
    if (engine.phase() != Engine.Phase.STARTING) {
      throw new CommsException.Misconfigured(engine.service, "closed while it was starting");
    }
    engine.phase(Engine.Phase.STARTED);
    consumers.start();
  }

  /** Closed while it began to listen: it came too late to be closed by whoever did that. */
  private void leaveIfClosed() {
    synchronized (this) {
      if (!closing) {
        return;
      }
    }
    listeners.forEach(transport -> quietly(transport.system(), transport::close));
    throw new CommsException.Misconfigured(engine.service, "closed while it was starting");
  }

  private void attach(List<Transport> transports) {
    List<CompletableFuture<Void>> attached =
        transports.stream().map(transport -> transport.attach(engine.host())).toList();
    Deadline deadline = Deadline.after(engine.time, ATTACH);
    for (CompletableFuture<Void> one : attached) {
      engine.time.await(one, engine.service, deadline);
    }
  }

  /** What is connected and consuming, and since when; for readiness, never for liveness. */
  public Health health() {
    List<Health.Part> parts = new ArrayList<>();
    clients.forEach(client -> parts.addAll(client.health().parts()));
    listeners.forEach(listener -> parts.addAll(listener.health().parts()));
    servers.forEach(server -> parts.addAll(server.parts()));
    parts.addAll(consumers.parts());
    parts.add(engine.operator.health());
    parts.addAll(engine.memory.parts());
    return Health.of(parts);
  }

  /** What an operator may change while this runs. */
  public Controls controls() {
    return engine.operator.controls();
  }

  /**
   * Takes nothing new, lets what was begun end within the drain limit, and gives everything back. A
   * second call does nothing.
   */
  @Override
  public void close() {
    Deadline deadline = Deadline.after(engine.time, drainWithin);
    synchronized (this) {
      if (closing) {
        return;
      }
      closing = true;
    }
    // Whoever calls us is sent away first; handlers still need the clients, so those go last.
    CompletableFuture<Void> served = drained(listeners, deadline);
    // Not after the servers: one open stream may use up the whole limit.
    CompletableFuture<Void> consumed = consumers.drain(deadline);
    quietly("servers", () -> await(served, deadline));
    quietly("consumers", () -> await(consumed, deadline));
    synchronized (this) {
      engine.phase(Engine.Phase.CLOSED);
    }
    consumers.close();
    servers.forEach(server -> server.close(deadline));
    quietly("clients", () -> await(drained(clients, deadline), deadline));
    listeners.forEach(transport -> quietly(transport.system(), transport::close));
    clients.forEach(transport -> quietly(transport.system(), transport::close));
    // Last: what was settled until now still released its keys.
    quietly("store", engine.memory::close);
    engine.gauges.close();
    Pool.close(callbacks, deadline.later(Duration.ofSeconds(1)));
  }

  private static CompletableFuture<Void> drained(List<Transport> transports, Deadline deadline) {
    return CompletableFuture.allOf(
        transports.stream()
            .map(transport -> drained(transport, deadline))
            .toArray(CompletableFuture<?>[]::new));
  }

  /** A drain ends at its deadline by itself; its future is completed a moment later. */
  private void await(CompletableFuture<Void> drained, Deadline deadline) {
    engine.time.await(drained, "drain", deadline.later(Duration.ofMillis(500)));
  }

  private static CompletableFuture<Void> drained(Transport transport, Deadline deadline) {
    try {
      return transport.drain(deadline);
    } catch (RuntimeException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  private void quietly(String what, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException failed) {
      LOG.warn(
          "{}: closing {} failed: {}; going on, what it held comes again",
          engine.service,
          what,
          failed.getMessage());
    }
  }

  /** How a service is built. Not safe for use by several threads. */
  public static final class Builder {
    private final String service;
    private final MeterRegistry meters;
    private Time time = Time.system();
    private Policies policies = Policies.standard();
    private OpenTelemetry telemetry = OpenTelemetry.noop();
    private Duration drainWithin = Duration.ofSeconds(10);
    private boolean platformThreads;
    private final Settings settings = Settings.none();
    private final List<Contract> contracts = new ArrayList<>();
    private @Nullable Store store;

    private Builder(String service, MeterRegistry meters) {
      Objects.requireNonNull(service, "the service name is null; name it, such as 'orders'");
      if (!service.matches("[a-zA-Z0-9._-]{1,100}")) {
        throw new IllegalArgumentException(
            "service name '" + service + "' is not 1 to 100 of [a-zA-Z0-9._-]; such as 'orders'");
      }
      this.service = service;
      this.meters = Objects.requireNonNull(meters, "meters: there is no comms without metrics");
    }

    /** Traces with this; without it nothing is traced. */
    public Builder tracing(OpenTelemetry openTelemetry) {
      this.telemetry = Objects.requireNonNull(openTelemetry, "openTelemetry");
      return this;
    }

    /** What takes part; by default {@link Policies#standard()}. */
    public Builder policies(Policies chosen) {
      this.policies = Objects.requireNonNull(chosen, "policies");
      return this;
    }

    /** The clock; by default the system's. */
    public Builder time(Time clock) {
      this.time = Objects.requireNonNull(clock, "time");
      return this;
    }

    /** How long {@link Comms#close()} lets run what was begun; by default 10 s. */
    public Builder drainWithin(Duration limit) {
      Objects.requireNonNull(limit, () -> service + ": drainWithin is null; name a duration");
      if (limit.isNegative() || limit.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(
            service + ": drainWithin is " + limit + " but must be 0 to PT24H");
      }
      this.drainWithin = limit;
      return this;
    }

    /**
     * Runs handlers on platform threads also where this Java has virtual ones (21 and later). For
     * handlers that block inside {@code synchronized} before Java 24, or that only compute.
     */
    public Builder platformThreads() {
      this.platformThreads = true;
      return this;
    }

    /**
     * Overrides for this service, each on its own; of two for the same, the later counts. Keys and
     * values:
     *
     * <pre>{@code
     * call.<contract>.answered-within=2s          within the contract's adjustable(least, most)
     * task.<contract>.each-attempt-within=1m      the same
     * event.<contract>.handled-within=PT10S       the same
     * call|task|event.<contract>.attempts=3
     * task.<contract>.concurrency=4               1 to 10,000
     * event.<contract>@<group>.concurrency=4      1 to 10,000
     * task.<contract>.paused=true                 or false
     * event.<contract>@<group>.paused=true        or false
     * <kind>.<contract>.breaker=open              or disabled; at every destination
     * <kind>.<contract>@<destination>.breaker=open   at this one; goes before the one above
     * policies.breaker=observe                    or enforce
     * policies.limits=observe                     or enforce
     * }</pre>
     *
     * The kind is call, download, upload, dialogue, task or event; the destination is the one that
     * calls name, or a broker's system such as {@code rabbitmq}. What is not known here, or out of
     * its bounds, is refused by {@link Comms#start()}, all at once. Only a contract that is only
     * sent is not known then: it is checked at its first use, unless {@link #contracts} names it.
     *
     * @throws CommsException.Misconfigured naming all keys and values that cannot be read
     */
    public Builder settings(Map<String, String> overrides) {
      settings.read(overrides, Setting::of);
      return this;
    }

    /** Overrides from properties; see {@link #settings(Map)}. */
    public Builder settings(Properties overrides) {
      Map<String, String> all = new TreeMap<>();
      for (String key : overrides.stringPropertyNames()) {
        all.put(key, overrides.getProperty(key, ""));
      }
      return settings(all);
    }

    /**
     * Overrides from the environment. A variable is a key of {@link #settings(Map)} with {@code
     * COMMS_} before it, in upper case, each other character than a letter or digit as one
     * underscore: {@code COMMS_CALL_STOCK_CHECK_ANSWERED_WITHIN} is {@code
     * call.stock.check.answered-within}. Variables that do not begin with {@code COMMS_} and one of
     * {@code CALL_, DOWNLOAD_, UPLOAD_, DIALOGUE_, TASK_, EVENT_, POLICIES_} are left alone. One
     * that may mean two contracts is refused at the start.
     *
     * @throws CommsException.Misconfigured naming all variables that cannot be read
     */
    public Builder settingsFromEnvironment() {
      return settingsFrom(System.getenv());
    }

    /** For tests. */
    Builder settingsFrom(Map<String, String> environment) {
      settings.read(environment, Setting::variable);
      return this;
    }

    /**
     * Says which contracts this service uses that it does not handle. With it, a setting that names
     * anything else is refused at the start; without it only what it handles is checked then.
     */
    public Builder contracts(Contract... used) {
      contracts.addAll(List.of(used));
      return this;
    }

    /** What {@code unique} tasks and schedules remember; this comms owns and closes it. */
    public Builder store(Store shared) {
      this.store = Objects.requireNonNull(shared, "store");
      return this;
    }

    public Comms build() {
      return new Comms(this, new Settings(settings.all()));
    }
  }
}
