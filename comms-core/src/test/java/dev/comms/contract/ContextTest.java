package dev.comms.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.fake.ManualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ContextTest {
  private final ManualTime time = new ManualTime();

  private Context context(String contract, Map<String, String> headers) {
    Deadline deadline = Deadline.after(time, Duration.ofSeconds(1));
    return new Context(contract, "id", null, 1, deadline, headers);
  }

  @Test
  void whatIsWrappedHasItOnAnotherThreadAndLeavesNothingBehind() {
    Context context = context("a", Map.of());
    assertThat(Context.current()).isNull();
    CompletableFuture<@Nullable Context> seen = new CompletableFuture<>();
    Runnable work = () -> seen.complete(Context.current());
    CompletableFuture.runAsync(context.wrap(work)).join();
    assertThat(seen.join()).isSameAs(context);
    context.wrap(work).run();
    assertThat(Context.current()).isNull();
  }

  @Test
  void theOuterOneComesBack() throws Exception {
    Context outer = context("outer", Map.of());
    Context inner = context("inner", Map.of());
    Callable<String> nested =
        () -> {
          assertThat(inner.wrap((Callable<@Nullable Context>) Context::current).call())
              .isSameAs(inner);
          assertThat(Context.current()).isSameAs(outer);
          return "done";
        };
    assertThat(outer.wrap(nested).call()).isEqualTo("done");
  }

  @Test
  void itLeavesAlsoWhenTheWorkThrows() {
    Runnable broken =
        () -> {
          throw new IllegalStateException("x");
        };
    assertThatThrownBy(() -> context("a", Map.of()).wrap(broken).run()).hasMessage("x");
    assertThat(Context.current()).isNull();
  }

  @Test
  void nobodyIsKnownUnlessATransportSaysWhoItIs() {
    Peer peer = new Peer("orders", List.of("orders", "orders.shop.test"));
    Deadline deadline = Deadline.after(time, Duration.ofSeconds(1));

    assertThat(context("a", Map.of()).peer()).isNull();
    assertThat(new Context("a", "id", null, 1, deadline, Map.of(), peer).peer()).isEqualTo(peer);
    assertThat(Peer.named("orders").names()).isEmpty();
  }

  @Test
  void itsHeadersAreItsOwn() {
    Map<String, String> mine = new HashMap<>(Map.of("a", "b"));
    Context context = context("a", mine);
    mine.put("c", "d");
    assertThat(context.headers()).containsOnlyKeys("a");
    assertThatThrownBy(() -> context.headers().put("x", "y"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aDeadlineCountsOnItsClock() {
    Deadline one = Deadline.after(time, Duration.ofSeconds(5));
    assertThat(one.within(Duration.ofSeconds(1)).remaining()).isEqualTo(Duration.ofSeconds(1));
    assertThat(one.within(Duration.ofSeconds(9)).remaining()).isEqualTo(Duration.ofSeconds(5));
    assertThat(one.later(Duration.ofSeconds(2)).earlier(one)).isSameAs(one);
    time.advance(Duration.ofSeconds(5));
    assertThat(one.expired()).isTrue();
    time.advance(Duration.ofSeconds(1));
    assertThat(one.remaining()).isEqualTo(Duration.ofSeconds(-1));
    assertThat(Deadline.never(time).remaining()).isEqualTo(Duration.ofDays(36_500));
  }
}
