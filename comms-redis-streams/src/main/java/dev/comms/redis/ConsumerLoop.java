package dev.comms.redis;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import io.lettuce.core.UnblockType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that reads one stream on a connection of its own, and goes on whatever happens. A
 * connection that failed is dropped, not mended: an answer that comes late would be lost.
 */
abstract class ConsumerLoop {
  private static final Logger LOG = LoggerFactory.getLogger(ConsumerLoop.class);
  private static final Duration AGAIN = Duration.ofMillis(250);
  private static final Duration LEAVING = Duration.ofSeconds(2);
  private static final Duration LONGEST_BLOCK = Duration.ofSeconds(2);

  final Session session;
  final Host host;
  final Flow flow;
  final String contract;
  final Duration lease;
  private final PartState state;
  private final Thread thread;
  private volatile @Nullable StatefulRedisConnection<String, byte[]> connection;
  private volatile long clientId;
  private boolean troubled; // of the thread only

  ConsumerLoop(
      Session session, Host host, Flow flow, String contract, String part, Duration lease) {
    this.session = session;
    this.host = host;
    this.flow = flow;
    this.contract = contract;
    this.lease = lease;
    this.state = new PartState(part);
    this.thread = new Thread(this::run, "comms-redis " + part);
    this.thread.setDaemon(true);
  }

  /** Makes the groups that this reads. */
  abstract void declare();

  /** Reads and delivers once; waits a bounded time for something to come. */
  abstract void step();

  /** What the last failure may have left unclear is looked at again. */
  abstract void afterFailure();

  /** Gives back what is unsettled. */
  abstract void leave();

  /** Begins what runs beside the thread: renewals. */
  abstract void beside();

  abstract Map<String, String> facts();

  /**
   * Declares before it returns, if the server is there, so that nothing published later is missed.
   */
  final void start() {
    try {
      declare();
    } catch (RuntimeException failure) {
      trouble(failure);
    }
    beside();
    thread.start();
  }

  /** How long a read may block: the lease is looked at in between. */
  final Duration block() {
    Duration third = lease.dividedBy(3);
    return third.compareTo(LONGEST_BLOCK) < 0 ? third : LONGEST_BLOCK;
  }

  /** Waits on this loop's own thread. */
  final <T> T await(CompletionStage<T> answer) {
    return await(answer, session.patience());
  }

  private <T> T await(CompletionStage<T> answer, Duration most) {
    CompletableFuture<T> ours =
        answer
            .toCompletableFuture()
            .exceptionallyCompose(
                failure -> CompletableFuture.failedFuture(Failures.of(contract, failure)));
    return host.time().await(ours, contract, Deadline.after(host.time(), most));
  }

  final <T> T awaitBlocked(CompletionStage<T> answer) {
    return await(answer, block().plus(session.patience()));
  }

  /** The connection of this loop alone. */
  final RedisAsyncCommands<String, byte[]> own() {
    StatefulRedisConnection<String, byte[]> now = connection;
    if (now == null || !now.isOpen()) {
      disconnect();
      now = await(session.dedicated(host.service(), block()));
      connection = now;
      clientId = await(now.async().clientId());
    }
    return now.async();
  }

  /** Ends a read that blocks, so that this loop looks around. */
  final void wake() {
    if (connection == null || !session.connected()) {
      return;
    }
    try {
      session.commands().clientUnblock(clientId, UnblockType.TIMEOUT);
    } catch (CommsException disconnected) {
      LOG.debug("{}: not woken, it looks around by itself", contract, disconnected);
    }
  }

  /**
   * Waits, a bounded time, until what was unsettled is given back; {@link Flow#close} came first.
   */
  final void end() {
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(LEAVING.plusSeconds(1).toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  final Health.Part part() {
    return state.part(facts());
  }

  private void run() {
    while (!flow.closed()) {
      try {
        step();
        troubled = false;
        state.is(flow.draining() ? Health.State.DRAINING : Health.State.UP);
      } catch (RuntimeException failure) {
        trouble(failure);
      }
    }
    state.is(Health.State.DOWN, "closed");
    try {
      leave();
    } catch (RuntimeException failure) {
      LOG.info("{}: could not give back in order: {}", contract, failure.getMessage());
    }
    awaitLeaving(disconnect());
  }

  private void trouble(RuntimeException failure) {
    if (flow.closed()) {
      return;
    }
    disconnect();
    afterFailure();
    if (Failures.groupIsGone(failure)) {
      LOG.warn(
          "{}: the consumer group is gone, as after FLUSHALL or a failover to an empty replica; it"
              + " is made anew where it was declared to start, and what was in it is lost",
          contract);
      try {
        declare();
        return;
      } catch (RuntimeException again) {
        LOG.debug("{}: not declared yet", contract, again);
      }
    } else if (!troubled) {
      LOG.warn("{}: reading failed, goes on trying: {}", contract, failure.getMessage());
    }
    troubled = true;
    state.is(Health.State.DOWN, "reading failed and is tried again: " + failure.getMessage());
    flow.idle(AGAIN);
  }

  private CompletionStage<Void> disconnect() {
    StatefulRedisConnection<String, byte[]> old = connection;
    connection = null;
    return old == null ? CompletableFuture.completedFuture(null) : old.closeAsync();
  }

  /** Waits for the last answers, less patiently than while working. */
  final void awaitLeaving(CompletionStage<?> answer) {
    await(answer, LEAVING);
  }
}
