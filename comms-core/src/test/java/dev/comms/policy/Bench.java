package dev.comms.policy;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.ManualTime;
import dev.comms.fake.Text;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy.Next;
import dev.comms.spi.Envelope;
import dev.comms.spi.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A place to try one policy at a time, on a clock turned by hand. */
final class Bench {
  static final Call<String, String> SAFE =
      Call.named("test.safe", new Text(), new Text())
          .asIdempotent()
          .answeredWithin(Duration.ofSeconds(10));
  static final Call<String, String> UNSAFE =
      Call.named("test.unsafe", new Text(), new Text()).answeredWithin(Duration.ofSeconds(10));

  final ManualTime time = new ManualTime();
  final Step step = new Step();

  /** The next step: keeps what it is asked, and answers when the test says so. */
  static final class Step implements Next {
    final List<Exchange> asked = new ArrayList<>();
    final List<CompletableFuture<Reply>> replies = new ArrayList<>();

    @Override
    public CompletableFuture<? extends Reply> proceed(Exchange exchange) {
      asked.add(exchange);
      replies.add(new CompletableFuture<>());
      return replies.get(replies.size() - 1);
    }

    Exchange last() {
      return asked.get(asked.size() - 1);
    }

    CompletableFuture<Reply> reply() {
      return replies.get(replies.size() - 1);
    }

    void fail(CommsException failure) {
      reply().completeExceptionally(failure);
    }
  }

  Exchange exchange(Verb verb, Contract contract, Duration left) {
    Envelope message = FakeDelivery.message(contract.name(), "id-1", "hi");
    return Exchange.of(verb, contract, "there", message, Deadline.after(time, left), 1);
  }

  Exchange call(Contract contract) {
    return exchange(Verb.CALL, contract, contract.limit());
  }

  /** The failure of what has ended. */
  static CommsException failureOf(CompletableFuture<?> future) {
    Throwable failure = future.handle((value, thrown) -> thrown).getNow(null);
    if (failure == null) {
      throw new AssertionError("has not failed: " + future);
    }
    return CommsException.of("?", failure);
  }

  /** Asks one policy, and tells it of the end as the pipeline does. */
  @Nullable CommsException once(Policy policy, Exchange exchange, @Nullable CommsException end) {
    Next last =
        asked -> {
          step.asked.add(asked);
          return end == null
              ? CompletableFuture.completedFuture(Envelope.EMPTY)
              : CompletableFuture.failedFuture(end);
        };
    CommsException failure = null;
    try {
      policy.apply(exchange, last).join();
    } catch (CompletionException failed) {
      failure = CommsException.of("?", failed);
    }
    exchange.end(failure);
    return failure;
  }
}
