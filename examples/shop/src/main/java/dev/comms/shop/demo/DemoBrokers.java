package dev.comms.shop.demo;

import dev.comms.shop.contracts.Contracts;
import dev.comms.testkit.brokers.Broker;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.brokers.RabbitBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The brokers of a run, started at the same time, and how this run's names on them begin. On a
 * broker that is shared with others every run has names of its own.
 */
record DemoBrokers(
    Broker kafka,
    Broker redis,
    Broker postgres,
    @Nullable RabbitBroker rabbit,
    String run,
    boolean alone) {
  private static final String OWN = "shop";

  /**
   * What is wanted of the brokers.
   *
   * @param rabbit whether RabbitMQ carries the tasks, if there is one
   * @param alone whether brokers that were started here serve this run only
   */
  record Wish(boolean rabbit, boolean alone) {
    static final Wish USUAL = new Wish(true, true);
  }

  /**
   * Starts all; the first that cannot be had fails the whole.
   *
   * @param run the name of this run
   * @param wish what is wanted of them
   * @throws dev.comms.testkit.brokers.BrokerUnavailable naming which broker and what to do
   */
  static DemoBrokers start(Brokers brokers, String run, Wish wish) {
    ExecutorService pool = Executors.newFixedThreadPool(4, work -> new Thread(work, "demo-start"));
    try {
      CompletableFuture<Broker> kafka = CompletableFuture.supplyAsync(brokers::kafka, pool);
      CompletableFuture<@Nullable RabbitBroker> rabbit =
          CompletableFuture.supplyAsync(rabbitOf(brokers, wish), pool);
      CompletableFuture<Broker> postgres = CompletableFuture.supplyAsync(brokers::postgres, pool);
      CompletableFuture<Broker> redis = CompletableFuture.supplyAsync(brokers::redis, pool);
      // One that fails waits for the others: what is half started cannot be ended cleanly.
      CompletableFuture.allOf(kafka, redis, postgres, rabbit).join();
      return new DemoBrokers(
          kafka.join(), redis.join(), postgres.join(), rabbit.join(), run, wish.alone());
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw failed;
    } finally {
      pool.shutdown();
    }
  }

  private static Supplier<@Nullable RabbitBroker> rabbitOf(Brokers brokers, Wish wish) {
    return () -> wish.rabbit() && brokers.rabbitAvailable() ? brokers.rabbit() : null;
  }

  List<Broker> all() {
    List<Broker> all = new ArrayList<>(List.of(kafka, redis, postgres));
    if (rabbit != null) {
      all.add(rabbit);
    }
    return all;
  }

  @Nullable String rabbitUri() {
    return rabbit == null ? null : rabbit.address();
  }

  /** What the names on RabbitMQ and Redis begin with. */
  String namespace() {
    return alone && isOurs(redis) && (rabbit == null || isOurs(rabbit)) ? OWN : OWN + "-" + run;
  }

  /** What the names on Kafka begin with. */
  String kafkaPrefix() {
    return alone && isOurs(kafka) ? "" : OWN + "-" + run + ".";
  }

  String activityTopic() {
    return kafkaPrefix() + Contracts.USER_ACTIVITY.name();
  }

  String statusStream() {
    return "{" + namespace() + ":event:" + Contracts.ORDER_STATUS.name() + "}:log";
  }

  /** Where the orders' tasks wait, as an operator's tools name it. */
  String workQueue() {
    String task = Contracts.PROCESS_ORDER.name();
    return rabbit == null
        ? "{" + namespace() + ":task:" + task + "}:work"
        : new RabbitNames(namespace()).workQueue(task);
  }

  /** Whether it was started for us; otherwise the environment named it. */
  static boolean isOurs(Broker broker) {
    return !broker.origin().startsWith("COMMS_");
  }

  /** Kind and version, such as {@code rabbitmq 3.10.8}. */
  static String name(Broker broker) {
    return broker.kind() + " " + broker.version();
  }
}
