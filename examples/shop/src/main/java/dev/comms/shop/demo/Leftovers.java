package dev.comms.shop.demo;

import dev.comms.shop.contracts.Contracts;
import dev.comms.testkit.brokers.Broker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes what a run left on brokers that others use too and that go on without us; with {@code
 * --keep} it stays, and is named. Brokers that were started here take it along when they end.
 */
final class Leftovers implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final DemoBrokers brokers;
  private final boolean keep;
  private final PrintStream err;

  Leftovers(DemoBrokers brokers, boolean keep, PrintStream err) {
    this.brokers = brokers;
    this.keep = keep;
    this.err = err;
  }

  @Override
  public void close() {
    List<Runnable> all = new ArrayList<>();
    add(all, brokers.kafka(), brokers.kafkaPrefix(), this::kafka);
    add(all, brokers.redis(), "{" + brokers.namespace() + ":", this::redis);
    Broker rabbit = brokers.rabbit();
    if (rabbit != null) {
      add(all, rabbit, brokers.namespace() + ":", () -> rabbit(rabbit));
    }
    Parallel.quietly("demo-leftovers", all, LIMIT);
  }

  private interface Removal {
    void run() throws Exception;
  }

  private void add(List<Runnable> all, Broker broker, String prefix, Removal removal) {
    if (DemoBrokers.isOurs(broker)) {
      return;
    }
    all.add(
        () -> {
          if (keep) {
            left(broker, prefix, "--keep");
            return;
          }
          try {
            removal.run();
          } catch (InterruptedException stopping) {
            left(broker, prefix, "it took longer than " + LIMIT.toSeconds() + " s");
          } catch (Exception failure) {
            left(broker, prefix, Causes.firstLine(failure.toString()));
          }
        });
  }

  private void left(Broker broker, String prefix, String why) {
    err.printf(
        "left on %s at %s: all whose name begins with %s (%s)%n",
        broker.kind(), Report.withoutSecrets(broker.address()), prefix, why);
  }

  private void kafka() throws Exception {
    KafkaTopic.delete(brokers.kafka().address(), brokers.kafkaPrefix(), LIMIT);
  }

  private void redis() {
    RedisLog.delete(brokers.redis().address(), "{" + brokers.namespace() + ":*", LIMIT);
  }

  private void rabbit(Broker rabbit) throws Exception {
    RabbitNames names = new RabbitNames(brokers.namespace());
    names.delete(
        rabbit.address(), List.of(Contracts.PROCESS_ORDER.name(), Contracts.SEND_EMAIL.name()));
  }
}
