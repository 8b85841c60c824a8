package dev.comms.redis;

import dev.comms.contract.CommsException.DeadlineExceeded;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Host;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A stream of dead letters. A sweep goes page by page up to the letter that was the youngest when
 * it began, so that each is shown once even while new ones come.
 */
final class RedisDeadLetters implements DeadLetters {
  private static final int PAGE = 100;

  private final Session session;
  private final Host host;
  private final String contract;
  private final String dead;
  private final String target;

  /**
   * @param target where a redriven letter goes
   */
  RedisDeadLetters(Session session, Host host, String contract, String dead, String target) {
    this.session = session;
    this.host = host;
    this.contract = contract;
    this.dead = dead;
    this.target = target;
  }

  @Override
  public CompletableFuture<Long> count() {
    return answered(() -> session.commands().xlen(dead));
  }

  @Override
  public CompletableFuture<Swept> sweep(Function<Letter, Choice> choose, Deadline deadline) {
    Sweep sweep = new Sweep(choose, deadline);
    return answered(
        () ->
            session
                .commands()
                .xrevrange(dead, Range.unbounded(), Limit.from(1))
                .toCompletableFuture()
                .thenComposeAsync(
                    youngest ->
                        youngest.isEmpty()
                            ? CompletableFuture.completedFuture(sweep.swept())
                            : sweep.from(Range.Boundary.unbounded(), youngest.get(0).getId()),
                    host.callbacks()));
  }

  private <T> CompletableFuture<T> answered(Supplier<CompletionStage<T>> question) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      question
          .get()
          .whenCompleteAsync(
              (answer, failure) -> {
                if (failure == null) {
                  result.complete(answer);
                } else {
                  result.completeExceptionally(Failures.of(contract, failure));
                }
              },
              host.callbacks());
    } catch (RuntimeException failure) {
      result.completeExceptionally(Failures.of(contract, failure));
    }
    return result;
  }

  /** One sweep under way; its pages follow each other, so no two threads use it at once. */
  private final class Sweep {
    private final Function<Letter, Choice> choose;
    private final Deadline deadline;
    private long seen;
    private long kept;
    private long redriven;
    private long discarded;
    private boolean stopped;

    Sweep(Function<Letter, Choice> choose, Deadline deadline) {
      this.choose = choose;
      this.deadline = deadline;
    }

    Swept swept() {
      return new Swept(seen, kept, redriven, discarded);
    }

    CompletableFuture<Swept> from(Range.Boundary<String> lower, String youngest) {
      if (deadline.expired()) {
        return CompletableFuture.failedFuture(tooLate());
      }
      return session
          .commands()
          .xrange(dead, Range.from(lower, Range.Boundary.including(youngest)), Limit.from(PAGE))
          .toCompletableFuture()
          .thenComposeAsync(page -> each(page).thenApply(all -> page), host.callbacks())
          .thenComposeAsync(
              page ->
                  stopped || page.size() < PAGE
                      ? CompletableFuture.completedFuture(swept())
                      : from(Range.Boundary.excluding(page.get(page.size() - 1).getId()), youngest),
              host.callbacks());
    }

    private CompletableFuture<Void> each(List<StreamMessage<String, byte[]>> page) {
      List<CompletableFuture<?>> acts = new ArrayList<>();
      for (StreamMessage<String, byte[]> message : page) {
        Entry entry = Entry.read(message);
        Choice choice = choose.apply(EnvelopeMapper.letter(contract, entry));
        seen++;
        if (choice == Choice.STOP) {
          stopped = true;
          kept++;
          break;
        }
        acts.add(act(entry, choice));
      }
      return CompletableFuture.allOf(acts.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<?> act(Entry entry, Choice choice) {
      if (choice == Choice.KEEP) {
        kept++;
        return CompletableFuture.completedFuture(null);
      }
      CompletableFuture<Long> acted =
          choice == Choice.DISCARD
              ? session.commands().xdel(dead, entry.id()).toCompletableFuture()
              : TaskScripts.REDRIVE.run(
                  session.commands(),
                  List.of(dead, target),
                  Args.of(entry.id()).and(EnvelopeMapper.redriven(entry)));
      return acted.thenAccept(
          was -> {
            synchronized (this) {
              discarded += choice == Choice.DISCARD ? was : 0;
              redriven += choice == Choice.REDRIVE ? was : 0;
            }
          });
    }

    private DeadlineExceeded tooLate() {
      return new DeadlineExceeded(
          Facts.of(contract)
              .effect(seen == 0 ? Effect.NONE : Effect.POSSIBLE)
              .fault(Fault.CALLER)
              .message("the sweep of dead letters was not done in time; so far: " + swept()));
    }
  }
}
