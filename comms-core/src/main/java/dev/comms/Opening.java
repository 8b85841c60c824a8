package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Download;
import dev.comms.contract.Fault;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Time;
import dev.comms.policy.Exchange;
import dev.comms.policy.Policy.Next;
import dev.comms.spi.Ability;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Pipe;
import dev.comms.spi.Reply;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The last step of opening a stream. A target that does not let it be opened within the first limit
 * has failed, which a cancelled attempt would not say.
 */
final class Opening implements Next {
  private final Engine engine;
  private final CallTransport transport;
  private final StreamCall<?, ?> call;

  /**
   * The step of one contract.
   *
   * @throws CommsException.Misconfigured if the transport cannot carry it
   */
  Opening(Engine engine, CallTransport transport, StreamCall<?, ?> call) {
    this.engine = engine;
    this.transport = transport;
    this.call = call;
    if (!(call instanceof Download<?, ?>)
        && !transport.abilities().contains(Ability.CLIENT_STREAMS)) {
      throw Ability.CLIENT_STREAMS.refused(call.name(), transport.system());
    }
  }

  @Override
  public CompletableFuture<? extends Reply> proceed(Exchange exchange) {
    CompletableFuture<Pipe> under = transport.open(call, exchange.message(), exchange.deadline());
    Attempt attempt = new Attempt(exchange, under);
    attempt.follow();
    return attempt;
  }

  /** One attempt; cancelling it reaches the wire. */
  private final class Attempt extends CompletableFuture<Pipe> {
    private final Exchange exchange;
    private final CompletableFuture<Pipe> under;

    Attempt(Exchange exchange, CompletableFuture<Pipe> under) {
      this.exchange = exchange;
      this.under = under;
    }

    void follow() {
      Time.Cancellable limit =
          under.isDone()
              ? () -> {}
              : engine.time.schedule(
                  call.firstWithin(), () -> engine.callbacks.execute(this::giveUp));
      under.whenComplete(
          (pipe, failure) -> {
            limit.cancel();
            opened(pipe, failure);
          });
    }

    private void opened(@Nullable Pipe pipe, @Nullable Throwable failure) {
      if (pipe == null) {
        completeExceptionally(
            failure == null ? new IllegalStateException("no pipe was opened") : failure);
      } else if (!complete(new Watched(call, pipe, exchange, engine.time))) {
        pipe.cancel(new CancellationException("nobody waits for it any more"));
      }
    }

    private void giveUp() {
      String what = "not opened within firstWithin " + call.firstWithin();
      if (completeExceptionally(OpenStream.late(call, exchange.deadline(), what, Fault.REMOTE))) {
        under.cancel(true);
      }
    }

    @Override
    public boolean cancel(boolean interrupt) {
      return super.cancel(interrupt) && under.cancel(interrupt);
    }
  }
}
