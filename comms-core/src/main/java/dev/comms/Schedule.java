package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.spi.Subscription;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits a task at each due time once, across all instances. The store keeps the latest due time
 * that was submitted; whoever holds the schedule's lease compares, submits under an id made of name
 * and due time, writes it down, and gives the lease back. An instance that ends in between leaves
 * the lease to end with its life, and another submits under the same id.
 */
final class Schedule implements Consumers.Consumer {
  private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);
  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_./-]{0,149}");

  /** The first word of a stored key; the number is the format's. */
  private static final String PREFIX = "schedule/1/";

  private static final Duration REMEMBERED = Duration.ofDays(3_650);

  /** Beyond this many, missed due times are not counted one by one. */
  private static final int MOST_COUNTED = 10_000;

  private final Engine engine;
  private final String name;
  private final Rhythm rhythm;
  private final Duration lease;
  private final Function<Submit, CompletableFuture<String>> submit;
  private final Counter missed;
  private final ExecutorService pool;
  private final String self = UUID.randomUUID().toString();
  // The latest moment that is known to be settled; only ever later.
  private volatile Instant known;

  Schedule(
      Engine engine,
      String name,
      Rhythm rhythm,
      Duration confirm,
      Function<Submit, CompletableFuture<String>> submit) {
    this.engine = engine;
    this.name = name;
    this.rhythm = rhythm;
    this.lease = confirm.plusMinutes(1);
    this.submit = submit;
    this.missed = engine.meters.counter("comms.schedules.missed", "schedule", name);
    // One at a time: the payload is made here, by users' code.
    this.pool = Pool.patient(engine.time, "comms-schedule-" + name, 1, 100);
    this.known = engine.time.now();
  }

  static String name(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new CommsException.Misconfigured(
          "schedule",
          "a name of "
              + name.length()
              + " characters is not 1 to 150 of [a-zA-Z0-9_./-] beginning with a letter;"
              + " choose one such as 'report.daily'");
    }
    return name;
  }

  /** Nothing of a schedule can be set but what its task says. */
  @Override
  public List<Settable> settable() {
    return List.of();
  }

  @Override
  public int declared() {
    return 1;
  }

  @Override
  public int most() {
    return 1;
  }

  @Override
  public void resize(int atATime) {
    // It submits one after the other.
  }

  @Override
  public Subscription start() {
    return start(false);
  }

  /** What was missed is looked for at once, so a pause that came later would come too late. */
  @Override
  public Subscription start(boolean paused) {
    engine.memory.need(name, "a schedule");
    known = engine.time.now();
    Schedules made = new Schedules(engine, name, rhythm, pool, this::fire, this::begin);
    if (paused) {
      made.pause();
    }
    return made.start();
  }

  @Override
  public void interrupt() {
    Pool.interrupt(pool);
  }

  @Override
  public void end(Deadline deadline) {
    Pool.close(pool, deadline);
  }

  private String last() {
    return PREFIX + name + "/last";
  }

  private String holder() {
    return PREFIX + name + "/lease";
  }

  /** Remembers when it was first seen; answers with the latest due time that was submitted. */
  private CompletableFuture<Instant> begin() {
    return engine
        .memory
        .claim(name, last(), known.toString(), REMEMBERED)
        .thenApply(
            text -> {
              Instant done = Instant.parse(text);
              known = done.isAfter(known) ? done : known;
              return done;
            });
  }

  /** Whether this due time is settled; false if another instance is at it right now. */
  private CompletableFuture<Boolean> fire(Instant due) {
    return begin()
        .thenCompose(
            done -> done.isBefore(due) ? leased(due) : CompletableFuture.completedFuture(true));
  }

  private CompletableFuture<Boolean> leased(Instant due) {
    return engine
        .memory
        .claim(name, holder(), self, lease)
        .thenCompose(
            by ->
                by.equals(self)
                    ? submitted(due).thenApply(ended -> true)
                    : CompletableFuture.completedFuture(false));
  }

  /** The lease is given back however it ends; if that fails, it ends by itself. */
  private CompletableFuture<Void> submitted(Instant due) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    begin()
        .thenComposeAsync(done -> submitted(due, done), pool)
        .whenComplete(
            (wrote, failure) ->
                engine
                    .memory
                    .release(name, holder(), self)
                    .whenComplete(
                        (released, stays) -> {
                          if (failure == null) {
                            ended.complete(null);
                          } else {
                            ended.completeExceptionally(failure);
                          }
                        }));
    return ended;
  }

  private CompletableFuture<Boolean> submitted(Instant due, Instant done) {
    if (!done.isBefore(due)) {
      return CompletableFuture.completedFuture(true);
    }
    return submit
        .apply(Submit.now().withId(name + "@" + due))
        .thenCompose(
            id -> {
              report(done, due);
              return engine.memory.replace(
                  name, last(), done.toString(), due.toString(), REMEMBERED);
            });
  }

  /** By whoever submits, so that one instance counts what all have missed. */
  private void report(Instant done, Instant due) {
    int many = 0;
    Instant first = rhythm.next(done);
    for (Instant at = first; at.isBefore(due) && many < MOST_COUNTED; at = rhythm.next(at)) {
      many++;
    }
    if (many > 0) {
      missed.increment(many);
      LOG.warn(
          "schedule {}: {}{} due times were missed, from {} to before {}, which is submitted now;"
              + " look at what was down meanwhile, and submit by hand what is still wanted",
          name,
          many,
          many == MOST_COUNTED ? " or more" : "",
          first,
          due);
    }
  }
}
