package dev.comms.testkit.brokers;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The place of one broker in a set: started once, when first asked for. */
final class Slot<B extends Broker> {

  /** Starts the broker, handing every part of it over to the scope as soon as it exists. */
  interface Start<B> {
    B start(Scope scope) throws Exception;
  }

  /** Where the set keeps what it must close; refuses when the set is closed. */
  interface Owner {
    Scope open();
  }

  private final String kind;
  private final Map<String, String> environment;
  private final Owner owner;
  private final Start<B> start;
  private @Nullable B broker;
  private @Nullable BrokerUnavailable failure;

  Slot(String kind, Map<String, String> environment, Owner owner, Start<B> start) {
    this.kind = kind;
    this.environment = environment;
    this.owner = owner;
    this.start = start;
  }

  synchronized B get() {
    if (failure != null) {
      throw failure;
    }
    if (broker == null) {
      broker = started();
    }
    return broker;
  }

  private B started() {
    Scope scope = owner.open();
    try {
      B started = start.start(scope);
      BrokerReport.write(started, environment);
      return started;
    } catch (Exception e) {
      scope.close();
      failure = e instanceof BrokerUnavailable known ? known : unexpected(kind, e);
      throw failure;
    }
  }

  static BrokerUnavailable unexpected(String kind, Exception e) {
    return Failures.start(kind, "it", Secrets.reason(e), "", e);
  }
}
