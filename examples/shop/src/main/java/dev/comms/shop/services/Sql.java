package dev.comms.shop.services;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Plain JDBC in one line each. Safe for use by many threads. */
public final class Sql {
  private final DataSource source;

  public Sql(DataSource source) {
    this.source = source;
  }

  /** Reads one row. */
  @FunctionalInterface
  public interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Work inside one transaction. */
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  /** Changes rows in a transaction of its own; returns how many. */
  public int update(String sql, @Nullable Object... values) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return update(connection, sql, values);
    }
  }

  /** Changes rows in the connection's transaction; returns how many. */
  public static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  /** All rows that are found. */
  public <T> List<T> list(String sql, Row<T> row, @Nullable Object... values) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return list(connection, sql, row, values);
    }
  }

  /** All rows that are found, as the connection's transaction sees them. */
  public static <T> List<T> list(
      Connection connection, String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values);
        ResultSet found = statement.executeQuery()) {
      List<T> rows = new ArrayList<>();
      while (found.next()) {
        rows.add(row.read(found));
      }
      return rows;
    }
  }

  /** The first row that is found, or null. */
  public <T> @Nullable T first(String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    List<T> rows = list(sql, row, values);
    return rows.isEmpty() ? null : rows.get(0);
  }

  /** Commits what the work did, or rolls it back if it throws. */
  public <T extends @Nullable Object> T inTransaction(Work<T> work) throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T result = work.run(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException failure) {
        connection.rollback();
        throw failure;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  private static PreparedStatement prepare(
      Connection connection, String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement;
    } catch (SQLException failure) {
      statement.close();
      throw failure;
    }
  }
}
