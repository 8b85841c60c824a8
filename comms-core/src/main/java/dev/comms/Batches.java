package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Deadline;
import dev.comms.contract.Verdict;
import dev.comms.policy.Exchange;
import dev.comms.policy.Policy;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.Envelope;
import dev.comms.spi.Reply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Handles batches of one contract. Each message goes its own way through the policies, up to where
 * its handler would be: there it joins its batch, or it is settled by itself. The way ends when the
 * batch does. The contract's limit covers the whole.
 */
final class Batches<T> {
  private final Engine engine;
  private final Terms<T> terms;
  private final Batch.Work<T> handler;
  private final Threads threads;
  private final List<Policy> order;

  Batches(Engine engine, Steps steps, Crew crew, Terms<T> terms, Batch.Work<T> handler) {
    this.engine = engine;
    this.terms = terms;
    this.handler = handler;
    this.threads = new Threads(crew, engine, terms.contract());
    Policy already = (exchange, next) -> next.proceed(exchange);
    this.order = Pipeline.receiving(steps, engine.policies, Optional.empty(), already);
  }

  /** Moves on to a handler's thread; the place of the batch is free when its result is known. */
  void begin(List<Lane> lanes, Runnable over) {
    Run run = new Run(lanes);
    threads
        .apply(lanes.get(0).exchange(Deadline.never(engine.time)), run::proceed)
        .whenComplete(
            (reply, failure) -> {
              run.finish(failure);
              over.run();
            });
  }

  /** One message that is in the batch. */
  private record Member<T>(Lane lane, T payload, Exchange exchange, CompletableFuture<Reply> way) {}

  /** One batch. Guarded by itself: its limit ends it on another thread than the handler's. */
  private final class Run {
    private final List<Lane> lanes;
    private final List<Member<T>> members = new ArrayList<>();
    private final Set<String> held = new HashSet<>();
    private int begun;
    private boolean over;

    Run(List<Lane> lanes) {
      this.lanes = lanes;
    }

    CompletableFuture<Reply> proceed(Exchange batch) {
      for (Lane lane = next(); lane != null; lane = next()) {
        enter(lane, batch.deadline());
      }
      try {
        if (terms.once()) {
          settleFirst(batch.deadline());
        }
        List<Member<T>> all = joined();
        if (!all.isEmpty()) {
          handle(all);
        }
        return CompletableFuture.completedFuture(Envelope.EMPTY);
      } catch (Throwable thrown) {
        if (thrown instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        return CompletableFuture.failedFuture(thrown);
      }
    }

    private synchronized @Nullable Lane next() {
      return over || begun == lanes.size() ? null : lanes.get(begun++);
    }

    private void enter(Lane lane, Deadline deadline) {
      String key = lane.key();
      if (key != null && held.contains(key)) {
        // One of its key goes another way, and is not to be overtaken.
        lane.again();
        return;
      }
      int before = joined().size();
      if (lane.mayRun()) {
        Next way = Pipeline.chain(order, exchange -> join(lane, exchange));
        Pipeline.run(way, lane.exchange(deadline), reply -> reply).whenComplete(lane::settle);
      }
      if (key != null && joined().size() == before) {
        held.add(key);
      }
    }

    private CompletableFuture<Reply> join(Lane lane, Exchange exchange) {
      T payload = Handling.decoded(terms, exchange);
      Member<T> member = new Member<>(lane, payload, exchange, new CompletableFuture<>());
      synchronized (this) {
        if (over) {
          return CompletableFuture.failedFuture(gone());
        }
        members.add(member);
      }
      return member.way();
    }

    private synchronized boolean ended() {
      return over;
    }

    private synchronized List<Member<T>> joined() {
      return List.copyOf(members);
    }

    /** What cannot be settled comes again, and is not handled now. */
    private void settleFirst(Deadline deadline) {
      List<Member<T>> all = joined();
      List<CompletableFuture<Void>> settled =
          all.stream().map(member -> member.lane().settleFirst()).toList();
      for (int i = 0; i < all.size(); i++) {
        try {
          engine.time.await(settled.get(i), terms.contract().name(), deadline);
        } catch (CommsException failed) {
          leave(all.get(i), failed);
        }
      }
    }

    private void leave(Member<T> member, CommsException why) {
      synchronized (this) {
        members.remove(member);
      }
      member.way().completeExceptionally(why);
    }

    private void handle(List<Member<T>> all) throws Exception {
      if (ended()) {
        return;
      }
      List<T> payloads = new ArrayList<>(all.size());
      List<Context> contexts = new ArrayList<>(all.size());
      for (Member<T> member : all) {
        payloads.add(member.payload());
        contexts.add(Handling.context(member.exchange()));
      }
      try {
        Handling.inside(
            all.get(0).exchange(),
            contexts.get(0),
            () -> {
              handler.handle(payloads, contexts);
              return Envelope.EMPTY;
            });
      } catch (Verdict.ContinueLater later) {
        throw terms.noCheckpoint(
            "a batch cannot continue later; handle its messages one by one, or throw"
                + " Verdict.retryAfter");
      } catch (CommsException failed) {
        throw Handling.nested(terms, failed);
      }
    }

    /** Once, when the result is known: also if no thread was found or the limit has passed. */
    void finish(@Nullable Throwable failure) {
      List<Member<T>> all;
      List<Lane> rest;
      synchronized (this) {
        over = true;
        all = List.copyOf(members);
        rest = lanes.subList(begun, lanes.size());
      }
      for (Member<T> member : all) {
        if (failure == null) {
          member.way().complete(Envelope.EMPTY);
        } else {
          member.way().completeExceptionally(failure);
        }
      }
      boolean refused = failure instanceof CommsException.Overloaded;
      // One that found no thread waits before it goes back, or it would come again at once.
      rest.forEach(
          lane -> {
            if (refused) {
              lane.settle(null, failure);
            } else {
              lane.notBegun();
            }
          });
    }

    private CommsException gone() {
      return new CommsException.Cancelled(
          CommsException.Facts.of(terms.contract().name())
              .message("its batch ended before it was begun"));
    }
  }
}
