package dev.comms.policy;

import static dev.comms.policy.Bench.SAFE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Deadline;
import dev.comms.fake.Failures;
import dev.comms.policy.Exchange.Verb;
import dev.comms.spi.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExchangeTest {
  private final Bench bench = new Bench();
  private final List<String> told = new ArrayList<>();

  @Test
  void theObserverThatCameLastIsToldFirst() {
    Exchange exchange = bench.call(SAFE);
    exchange.onEnd(failure -> told.add("first"));
    exchange.onEnd(failure -> told.add("second"));
    exchange.onEnd(failure -> told.add("third"));
    exchange.onEnd(failure -> told.add("fourth"));
    exchange.end(null);
    assertThat(told).containsExactly("fourth", "third", "second", "first");
  }

  @Test
  void theEndIsToldOnce() {
    Exchange exchange = bench.call(SAFE);
    exchange.onEnd(failure -> told.add(String.valueOf(failure)));
    exchange.end(null);
    exchange.end(Failures.failed());
    assertThat(told).containsExactly("null");
  }

  @Test
  void whoeverComesLateIsToldAtOnce() {
    Exchange exchange = bench.call(SAFE);
    exchange.end(Failures.failed());
    exchange.onEnd(failure -> told.add(failure == null ? "well" : failure.reason()));
    assertThat(told).containsExactly("it broke");
  }

  @Test
  void anObserverThatThrowsKeepsNobodyElseFromBeingTold() {
    Exchange exchange = bench.call(SAFE);
    exchange.onEnd(failure -> told.add("first"));
    exchange.onEnd(
        failure -> {
          throw new IllegalStateException("a bad observer");
        });
    exchange.onEnd(failure -> told.add("third"));
    exchange.end(null);
    assertThat(told).containsExactly("third", "first");
  }

  @Test
  void aCopySharesTheEndAndChangesOnlyWhatItNames() {
    Exchange exchange = bench.call(SAFE);
    Deadline sooner = Deadline.after(bench.time, Duration.ofMillis(5));
    Order later = new Order(Duration.ofHours(1));
    Exchange copy = exchange.with(sooner).with(later).with(exchange.message().header("a", "b"));
    assertThat(copy.deadline()).isSameAs(sooner);
    assertThat(copy.order()).isSameAs(later);
    assertThat(copy.message().headers()).containsEntry("a", "b");
    assertThat(exchange.order()).isSameAs(Order.NOW);
    assertThat(exchange.message().headers()).isEmpty();
    copy.onEnd(failure -> told.add("copy"));
    exchange.end(null);
    assertThat(told).containsExactly("copy");
  }

  @Test
  void callingOpeningSubmittingAndPublishingSend() {
    assertThat(Verb.values())
        .filteredOn(Verb::sends)
        .containsExactly(Verb.CALL, Verb.OPEN, Verb.SUBMIT, Verb.PUBLISH);
  }
}
