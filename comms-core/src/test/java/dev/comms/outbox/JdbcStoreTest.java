package dev.comms.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.CommsException.Overloaded;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Time;
import dev.comms.spi.Host;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is particular to a database; the kit of stores holds for it too. */
class JdbcStoreTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration LONG = Duration.ofSeconds(30);

  private final String url = "jdbc:h2:mem:" + UUID.randomUUID();
  private final List<JdbcStore> stores = new ArrayList<>();

  /** How a connection is had. */
  private interface Connecting {
    Connection connect() throws SQLException;
  }

  /** Its administrator, who keeps it while nobody is connected. */
  private JdbcDataSource database() {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL(url + ";DB_CLOSE_DELAY=-1");
    return source;
  }

  private static DataSource source(Connecting connecting) {
    return (DataSource)
        Proxy.newProxyInstance(
            JdbcStoreTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> connecting.connect());
  }

  private JdbcStore store(DataSource source, Duration limit) {
    JdbcStore store = JdbcStore.over(source).answeredWithin(limit);
    stores.add(store);
    return store;
  }

  private static CompletableFuture<Void> open(JdbcStore store) {
    return store.open(new Host("test", new SimpleMeterRegistry(), Time.system(), Runnable::run));
  }

  private static <T> T get(CompletableFuture<T> answer) {
    return Time.system().await(answer, "test", Deadline.after(Time.system(), LONG));
  }

  private static CommsException failure(CompletableFuture<?> answer) {
    try {
      get(answer);
    } catch (CommsException failed) {
      return failed;
    }
    throw new AssertionError("ended well");
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  @AfterEach
  void close() throws SQLException {
    stores.forEach(JdbcStore::close);
    sql("SHUTDOWN");
  }

  @Test
  void whoMayNotCreateTablesMayUseOneThatIsThere() throws SQLException {
    sql("CREATE USER worker PASSWORD 'x'");
    JdbcDataSource worker = new JdbcDataSource();
    worker.setURL(url);
    worker.setUser("worker");
    worker.setPassword("x");
    assertThat(failure(open(store(worker, LONG))))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContainingAll(
            "the table comms_store cannot be used", "run: CREATE TABLE IF NOT EXISTS comms_store");
    get(open(store(database(), LONG)));
    sql("GRANT ALL ON comms_store TO worker");
    JdbcStore store = store(worker, LONG);
    get(open(store));
    assertThat(get(store.claim("a", "mine", MINUTE))).isEqualTo("mine");
  }

  @Test
  void aDatabaseThatCannotBeReachedDidNothing() {
    JdbcStore store =
        store(
            source(
                () -> {
                  throw new SQLException("the pool is empty", "08001");
                }),
            LONG);
    assertThat(failure(open(store)))
        .isInstanceOf(Unavailable.class)
        .hasMessageContainingAll("no connection to the database", "the pool is empty")
        .satisfies(failed -> assertThat(failed.effect()).isEqualTo(Effect.NONE));
  }

  @Test
  void aWrongPasswordIsASetting() {
    JdbcDataSource stranger = database();
    stranger.setUser("nobody");
    stranger.setPassword("x");
    get(open(store(database(), LONG)));
    assertThat(failure(open(store(stranger, LONG))))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("mind its user");
  }

  @Test
  void aDatabaseThatIsSilentIsGivenUpAtTheLimit() {
    CountDownLatch silent = new CountDownLatch(1);
    JdbcStore store =
        store(
            source(
                () -> {
                  try {
                    silent.await();
                  } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                  }
                  throw new SQLException("too late");
                }),
            Duration.ofMillis(50));
    assertThat(failure(open(store)))
        .isInstanceOf(Unavailable.class)
        .hasMessageContainingAll("no answer within PT0.05S", "raise answeredWithin")
        .satisfies(failed -> assertThat(failed.effect()).isEqualTo(Effect.POSSIBLE));
    silent.countDown();
  }

  @Test
  void whatWaitsForTheDatabaseIsBounded() {
    CountDownLatch silent = new CountDownLatch(1);
    JdbcStore store =
        store(
            source(
                () -> {
                  try {
                    silent.await();
                  } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                  }
                  throw new SQLException("too late");
                }),
            LONG);
    open(store);
    for (int i = 0; i < 1_003; i++) {
      store.find("a");
    }
    assertThat(failure(store.find("a")))
        .isInstanceOf(Overloaded.class)
        .hasMessageContaining("1000 questions wait");
    silent.countDown();
  }

  @Test
  void connectionsWithoutAutoCommitCommitAllTheSame() {
    JdbcStore store =
        store(
            source(
                () -> {
                  Connection connection = database().getConnection();
                  connection.setAutoCommit(false);
                  return connection;
                }),
            LONG);
    get(open(store));
    get(store.claim("a", "mine", MINUTE));
    JdbcStore other = store(database(), LONG);
    get(open(other));
    assertThat(get(other.find("a"))).isEqualTo("mine");
  }

  @Test
  void whatHasEndedIsRemovedInTime() throws SQLException {
    JdbcStore store = store(database(), LONG);
    get(open(store));
    get(store.claim("old", "mine", MINUTE));
    sql("UPDATE comms_store SET ends_ms = 0");
    for (int i = 0; i < 999; i++) {
      get(store.claim("new", "mine", MINUTE));
    }
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM comms_store")) {
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(1);
    }
  }

  @Test
  void afterItsEndItSaysSo() {
    JdbcStore store = store(database(), LONG);
    get(open(store));
    store.close();
    assertThat(failure(store.find("a")))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("after the jdbc store was closed");
  }

  @Test
  void aLimitAndANameThatCannotBeAreRefused() {
    for (Duration bad : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofMinutes(11))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> JdbcStore.over(database()).answeredWithin(bad))
          .withMessageContainingAll("answeredWithin is " + bad, "at most PT10M");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store(database(), LONG).table("x; DROP TABLE users"))
        .withMessageContainingAll("the table has a name", "such as 'comms_store'");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> MemoryStore.create(0))
        .withMessageContaining("1 to 10,000,000");
  }

  @Test
  void aMemoryStoreThatIsFullSaysSo() {
    MemoryStore store = MemoryStore.create(2);
    get(store.open(new Host("t", new SimpleMeterRegistry(), Time.system(), Runnable::run)));
    get(store.claim("a", "x", MINUTE));
    get(store.claim("b", "x", MINUTE));
    assertThat(failure(store.claim("c", "x", MINUTE)))
        .isInstanceOf(Overloaded.class)
        .hasMessageContainingAll("has its 2 entries", "raise its bound");
    assertThat(get(store.claim("a", "y", MINUTE))).isEqualTo("x");
  }
}
