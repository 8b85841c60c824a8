package dev.comms.policy;

import dev.comms.contract.Contract;
import dev.comms.contract.Time;
import dev.comms.policy.Exchange.Verb;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;

/** Policies with one part taken out, to see what that part was good for. */
public final class Weaker {
  private Weaker() {}

  /** The same order, whose retries and hedges cost nothing. */
  public static List<Policy> withoutBudget(
      List<Policy> order, Contract contract, Policies policies, Time time) {
    Meters meters = new Meters(new SimpleMeterRegistry(), Verb.CALL, "weak", contract, "there");
    RetryBudget endless =
        new RetryBudget(time) {
          @Override
          synchronized boolean tryRetry(boolean loaded) {
            return true;
          }
        };
    Retries retries =
        new Retries(
            contract, policies.backoff(), endless, time, Runnable::run, meters.retries(true));
    return order.stream().map(step -> step instanceof Retries ? retries : step).toList();
  }
}
