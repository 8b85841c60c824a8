package dev.comms.outbox;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.spi.Host;
import dev.comms.spi.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A store in a table of a database: PostgreSQL or H2, through {@code java.sql} alone. The table,
 * {@code comms_store} unless named otherwise, is created when it is opened, or only used where it
 * is there already. The data source stays its owner's: it is not closed. At most four connections
 * are used at a time, each for one question. Safe for use by many threads.
 */
public final class JdbcStore implements Store {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}([.][a-z0-9_]{1,63})?");
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final int THREADS = 4;
  private static final int QUEUE = 1_000;
  private static final int CLAIMS_PER_SWEEP = 1_000;

  private final DataSource source;
  private final Duration limit;
  private final StoreTable table;
  private final ThreadPoolExecutor threads;
  private final AtomicInteger claims = new AtomicInteger();
  private volatile @Nullable Host host;

  /** One question to the database. */
  private interface Question<T> {
    T ask(Connection connection, int seconds) throws SQLException;
  }

  private JdbcStore(DataSource source, Duration limit, String table) {
    this.source = source;
    this.limit = limit;
    this.table = new StoreTable(table);
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUE),
            work -> {
              Thread thread = new Thread(work, "comms-store-jdbc-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    this.threads.allowCoreThreadTimeOut(true);
  }

  /** First stage: the database. There is no store without its limit. */
  public static Located over(DataSource source) {
    return new Located(Objects.requireNonNull(source, "source"));
  }

  /** A database without its limit is no store yet. */
  public static final class Located {
    private final DataSource source;

    private Located(DataSource source) {
      this.source = source;
    }

    /** Names how long the database may take for one answer: more than 0, at most 10 min. */
    public JdbcStore answeredWithin(Duration limit) {
      if (limit.isNegative() || limit.isZero() || limit.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "jdbc store: answeredWithin is "
                + limit
                + " but must be more than 0 and at most "
                + LONGEST);
      }
      return new JdbcStore(source, limit, "comms_store");
    }
  }

  /**
   * A store in another table; services that share the database may share it too.
   *
   * @param name lower case letters, digits and {@code _}, at most 63; a schema may stand before it
   */
  public JdbcStore table(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "jdbc store: the table has a name of "
              + name.length()
              + " characters that is not [a-z][a-z0-9_]*, with or without a schema;"
              + " such as 'comms_store'");
    }
    return new JdbcStore(source, limit, name);
  }

  @Override
  public String system() {
    return "jdbc";
  }

  @Override
  public CompletableFuture<Void> open(Host opener) {
    host = opener;
    return ask((connection, seconds) -> {
          table.prepare(connection, seconds);
          return true;
        })
        .thenAccept(prepared -> {});
  }

  @Override
  public CompletableFuture<String> claim(String key, String value, Duration life) {
    return ask(
        (connection, seconds) -> {
          Store.check(key, value, life);
          if (claims.incrementAndGet() % CLAIMS_PER_SWEEP == 0) {
            table.sweep(connection, seconds);
          }
          return table.claim(connection, seconds, key, value, life);
        });
  }

  @Override
  public CompletableFuture<Boolean> replace(
      String key, String expected, String value, Duration life) {
    return ask(
        (connection, seconds) -> {
          Store.check(key, value, life);
          return table.replace(connection, seconds, key, expected, value, life);
        });
  }

  @Override
  public CompletableFuture<Boolean> release(String key, String value) {
    return ask((connection, seconds) -> table.release(connection, seconds, key, value));
  }

  @Override
  public CompletableFuture<@Nullable String> find(String key) {
    return ask((connection, seconds) -> Optional.ofNullable(table.find(connection, seconds, key)))
        .thenApply(found -> found.orElse(null));
  }

  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException interrupted) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private <T> CompletableFuture<T> ask(Question<T> question) {
    Host known = host;
    if (known == null) {
      return CompletableFuture.failedFuture(
          new CommsException.Misconfigured(
              "store", "the jdbc store is not open; give it to Comms, or call open(host)"));
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    Time.Cancellable late =
        known
            .time()
            .schedule(
                limit, () -> known.callbacks().execute(() -> answer.completeExceptionally(late())));
    try {
      threads.execute(() -> answer(question, answer));
    } catch (RejectedExecutionException full) {
      answer.completeExceptionally(refused());
    }
    return answer.whenComplete((value, failure) -> late.cancel());
  }

  private <T> void answer(Question<T> question, CompletableFuture<T> answer) {
    // Nobody waits for it any more, and a late claim would only be in the way.
    if (answer.isDone()) {
      return;
    }
    try {
      answer.complete(connected(question));
    } catch (SQLException failed) {
      answer.completeExceptionally(SqlFailures.of(failed));
    } catch (RuntimeException failed) {
      answer.completeExceptionally(CommsException.of("store", failed));
    }
  }

  /** Each statement is a transaction of its own, however the pool has set its connections. */
  private <T> T connected(Question<T> question) throws SQLException {
    int seconds = (int) Math.max(1, limit.plusMillis(999).toSeconds());
    try (Connection connection = connect()) {
      boolean automatic = connection.getAutoCommit();
      connection.setAutoCommit(true);
      try {
        return question.ask(connection, seconds);
      } finally {
        connection.setAutoCommit(automatic);
      }
    }
  }

  private Connection connect() {
    try {
      return source.getConnection();
    } catch (SQLException failed) {
      throw SqlFailures.unreachable(failed);
    }
  }

  private CommsException late() {
    return new CommsException.Unavailable(
        Facts.of("store")
            .effect(Effect.POSSIBLE)
            .message(
                "the database gave no answer within "
                    + limit
                    + "; look at it, or raise answeredWithin"));
  }

  private CommsException refused() {
    Facts facts = Facts.of("store").effect(Effect.NONE);
    return threads.isShutdown()
        ? new CommsException.Unavailable(
            facts.fault(Fault.LOCAL).message("used after the jdbc store was closed"))
        : new CommsException.Overloaded(
            facts
                .fault(Fault.OVERLOAD)
                .message(
                    QUEUE
                        + " questions wait for the database; ask less, or make it answer sooner"));
  }
}
