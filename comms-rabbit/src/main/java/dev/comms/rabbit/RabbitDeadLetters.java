package dev.comms.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import dev.comms.spi.DeadLetters;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The dead letters of one task. Each question and each sweep has a channel and a thread of its own;
 * while a sweep looks at letters, nobody else sees them.
 */
final class RabbitDeadLetters implements DeadLetters {
  private static final long CONNECTED_MILLIS = 5_000;

  private final Task<?> task;
  private final Supplier<Attached> attached;
  private final ExecutorService workers;

  /**
   * @param attached throws a {@link CommsException} if the transport cannot be used
   */
  RabbitDeadLetters(Task<?> task, Supplier<Attached> attached, ExecutorService workers) {
    this.task = task;
    this.attached = attached;
    this.workers = workers;
  }

  @Override
  public CompletableFuture<Long> count() {
    return run(at -> countOn(at, connection(at)));
  }

  @Override
  public CompletableFuture<Swept> sweep(Function<Letter, Choice> choose, Deadline deadline) {
    return run(
        at -> {
          Connection connection = connection(at);
          long letters = countOn(at, connection);
          if (letters == 0) {
            return new Swept(0, 0, 0, 0);
          }
          try (Channel channel = Failures.open(connection)) {
            return new Sweep(at, channel, choose, deadline).run(letters);
          }
        });
  }

  private Connection connection(Attached at) throws InterruptedException {
    Connection connection = at.consuming().await(CONNECTED_MILLIS);
    if (connection == null) {
      throw Failures.unavailable(task.name(), at.consuming().trouble(), null);
    }
    return connection;
  }

  /** Zero if there is no queue yet; the broker closes the channel on that answer. */
  private long countOn(Attached at, Connection connection) throws IOException, TimeoutException {
    Channel channel = Failures.open(connection);
    try {
      AMQP.Queue.DeclareOk told = channel.queueDeclarePassive(at.topology().dlq(task.name()));
      return told.getMessageCount();
    } catch (IOException failure) {
      if (Failures.isMissing(failure)) {
        return 0;
      }
      throw failure;
    } finally {
      channel.abort();
    }
  }

  private interface Work<T> {
    T on(Attached at) throws Exception;
  }

  private <T> CompletableFuture<T> run(Work<T> work) {
    Attached at;
    try {
      at = attached.get();
    } catch (CommsException unusable) {
      return CompletableFuture.failedFuture(unusable);
    }
    Job<T> job = new Job<>(work, at);
    try {
      workers.execute(job);
    } catch (RejectedExecutionException refused) {
      if (workers.isShutdown()) {
        job.abandon();
      } else {
        job.fail(
            Failures.overloaded(
                task.name(), "too many questions about dead letters at once; ask again later"));
      }
    }
    return job.result;
  }

  /** One question or sweep; if nobody begins it, it must be abandoned, or its future never ends. */
  final class Job<T> implements Runnable {
    private final Work<T> work;
    private final Attached at;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private Job(Work<T> work, Attached at) {
      this.work = work;
      this.at = at;
    }

    @Override
    public void run() {
      try {
        T value = work.on(at);
        at.host().callbacks().execute(() -> result.complete(value));
      } catch (Exception failure) {
        fail(failure(failure));
      }
    }

    void abandon() {
      fail(Failures.unavailable(task.name(), "the transport is closed", null));
    }

    private void fail(CommsException why) {
      at.host().callbacks().execute(() -> result.completeExceptionally(why));
    }
  }

  private CommsException failure(Exception failure) {
    if (failure instanceof InterruptedException) {
      return Failures.unavailable(task.name(), "the transport is closed", failure);
    }
    boolean brokers =
        failure instanceof IOException
            || failure instanceof TimeoutException
            || failure instanceof ShutdownSignalException;
    return brokers
        ? Failures.channel(task.name(), failure)
        : CommsException.of(task.name(), failure);
  }

  /** One pass over the letters that were there at its start. */
  private final class Sweep {
    private final Attached at;
    private final Channel channel;
    private final Function<Letter, Choice> choose;
    private final Deadline deadline;
    private long seen;
    private long redriven;
    private long discarded;
    private long lastKept;

    Sweep(Attached at, Channel channel, Function<Letter, Choice> choose, Deadline deadline) {
      this.at = at;
      this.channel = channel;
      this.choose = choose;
      this.deadline = deadline;
    }

    Swept run(long letters) throws IOException {
      try {
        boolean goOn = true;
        while (goOn && seen < letters && !deadline.expired()) {
          GetResponse got = channel.basicGet(at.topology().dlq(task.name()), false);
          goOn = got != null && one(got);
        }
      } finally {
        if (lastKept > 0 && channel.isOpen()) {
          channel.basicNack(lastKept, true, true); // all up to it that is not settled was kept
        }
      }
      return new Swept(seen, seen - redriven - discarded, redriven, discarded);
    }

    private boolean one(GetResponse got) throws IOException {
      long tag = got.getEnvelope().getDeliveryTag();
      seen++;
      Letter letter =
          EnvelopeMapper.letter(task.name(), got.getProps(), got.getBody(), at.host().time().now());
      switch (choose.apply(letter)) {
        case KEEP -> lastKept = tag;
        case STOP -> {
          lastKept = tag;
          return false;
        }
        case DISCARD -> {
          channel.basicAck(tag, false);
          discarded++;
        }
        case REDRIVE -> {
          redrive(got, letter);
          channel.basicAck(tag, false);
          redriven++;
        }
      }
      return true;
    }

    private void redrive(GetResponse got, Letter letter) {
      Outgoing copy =
          new Outgoing(
              task,
              at.topology().target(task.name(), 0),
              EnvelopeMapper.redriven(got.getProps(), letter.message().id()),
              got.getBody(),
              Deadline.after(at.host().time(), at.config().confirmedWithin()));
      Deadline patience =
          Deadline.after(at.host().time(), at.config().confirmedWithin().multipliedBy(2));
      at.host().time().await(at.publisher().publish(copy), task.name(), patience);
    }
  }
}
