package dev.comms.outbox;

import dev.comms.contract.CommsException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a store's table, in the SQL that PostgreSQL and H2 share. Each is one statement
 * in its own transaction, and the database's clock decides.
 */
final class StoreTable {
  private static final String DUPLICATE = "23505";
  private static final int MOST_ROUNDS = 20;

  private static final String CLOCK =
      "CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000) AS BIGINT)";
  private static final String ENDS = CLOCK + " + CAST(? AS BIGINT)";

  private final String name;
  private final String create;
  private final String look;
  private final String insert;
  private final String renew;
  private final String find;
  private final String replace;
  private final String release;
  private final String sweep;

  StoreTable(String name) {
    this.name = name;
    String alive = "ends_ms > " + CLOCK;
    String over = "ends_ms <= " + CLOCK;
    create =
        "CREATE TABLE IF NOT EXISTS "
            + name
            + " (entry_key VARCHAR(500) PRIMARY KEY, entry_value VARCHAR(1000) NOT NULL,"
            + " ends_ms BIGINT NOT NULL)";
    look = "SELECT entry_key, entry_value, ends_ms FROM " + name + " WHERE 1 = 0";
    insert =
        "INSERT INTO "
            + name
            + " (entry_key, entry_value, ends_ms) SELECT CAST(? AS VARCHAR), CAST(? AS VARCHAR), "
            + ENDS
            + " WHERE NOT EXISTS (SELECT 1 FROM "
            + name
            + " WHERE entry_key = ?)";
    String update = "UPDATE " + name + " SET entry_value = ?, ends_ms = " + ENDS;
    renew = update + " WHERE entry_key = ? AND " + over;
    replace = update + " WHERE entry_key = ? AND entry_value = ? AND " + alive;
    find = "SELECT entry_value FROM " + name + " WHERE entry_key = ? AND " + alive;
    release = "DELETE FROM " + name + " WHERE entry_key = ? AND entry_value = ? AND " + alive;
    sweep = "DELETE FROM " + name + " WHERE " + over;
  }

  /** Looks first: whoever may not create tables may use one that is there. */
  void prepare(Connection connection, int seconds) throws SQLException {
    if (usable(connection, seconds) == null) {
      return;
    }
    SQLException refused = null;
    try {
      update(connection, seconds, create);
    } catch (SQLException failed) {
      // Also when another instance was faster: then it is usable.
      refused = failed;
    }
    SQLException unusable = usable(connection, seconds);
    if (unusable != null) {
      SQLException why = refused == null ? unusable : refused;
      throw new CommsException.Misconfigured(
          "store",
          "the table "
              + name
              + " cannot be used ("
              + why.getMessage()
              + "); let the owner of the schema run: "
              + create);
    }
  }

  private @Nullable SQLException usable(Connection connection, int seconds) {
    try (PreparedStatement statement = prepared(connection, seconds, look)) {
      statement.executeQuery().close();
      return null;
    } catch (SQLException unusable) {
      return unusable;
    }
  }

  /** An entry may end, or be released, between two statements: then it is tried anew. */
  String claim(Connection connection, int seconds, String key, String value, Duration life)
      throws SQLException {
    long millis = life.toMillis();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      if (inserted(connection, seconds, key, value, millis)) {
        return value;
      }
      String holder = find(connection, seconds, key);
      if (holder != null) {
        return holder;
      }
      if (update(connection, seconds, renew, value, millis, key) == 1) {
        return value;
      }
    }
    throw new SQLException("the entry " + key + " came and went " + MOST_ROUNDS + " times");
  }

  private boolean inserted(
      Connection connection, int seconds, String key, String value, long millis)
      throws SQLException {
    try {
      return update(connection, seconds, insert, key, value, millis, key) == 1;
    } catch (SQLException failed) {
      if (DUPLICATE.equals(failed.getSQLState())) {
        return false;
      }
      throw failed;
    }
  }

  boolean replace(
      Connection connection, int seconds, String key, String expected, String value, Duration life)
      throws SQLException {
    return update(connection, seconds, replace, value, life.toMillis(), key, expected) == 1;
  }

  boolean release(Connection connection, int seconds, String key, String value)
      throws SQLException {
    return update(connection, seconds, release, key, value) == 1;
  }

  @Nullable String find(Connection connection, int seconds, String key) throws SQLException {
    try (PreparedStatement statement = prepared(connection, seconds, find, key);
        ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  /** Removes what has ended, so that the table stays as small as what is alive. */
  int sweep(Connection connection, int seconds) throws SQLException {
    return update(connection, seconds, sweep);
  }

  private static int update(Connection connection, int seconds, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepared(connection, seconds, sql, values)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement prepared(
      Connection connection, int seconds, String sql, Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      statement.setQueryTimeout(seconds);
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement;
    } catch (SQLException failed) {
      statement.close();
      throw failed;
    }
  }
}
