package dev.comms.shop.services;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;

/**
 * The shop's rows, in a schema of its own that {@link #close} drops: a PostgreSQL that is also used
 * by others sees nothing else of the shop.
 */
public final class Database implements AutoCloseable {
  private static final Pattern SCHEMA = Pattern.compile("[a-z][a-z0-9_]{0,40}");
  private static final int CONNECTIONS = 16;

  private final String url;
  private final String schema;
  private final HikariDataSource pool;

  private Database(String url, String schema, HikariDataSource pool) {
    this.url = url;
    this.schema = schema;
    this.pool = pool;
  }

  /**
   * Creates the schema and its tables.
   *
   * @param url where PostgreSQL is, with user and password if it wants them
   * @param schema a name that is not in use
   * @throws SQLException if PostgreSQL does not answer or refuses
   */
  public static Database create(String url, String schema) throws SQLException {
    if (!SCHEMA.matcher(schema).matches()) {
      throw new IllegalArgumentException("schema '" + schema + "' is not " + SCHEMA.pattern());
    }
    DriverManager.setLoginTimeout(10);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("create schema " + schema);
      statement.execute("set search_path to " + schema);
      statement.execute(tables());
    }
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setSchema(schema);
    config.setPoolName("shop-rows");
    config.setMaximumPoolSize(CONNECTIONS);
    config.setConnectionTimeout(5_000);
    return new Database(url, schema, new HikariDataSource(config));
  }

  public Sql sql() {
    return new Sql(pool);
  }

  public String schema() {
    return schema;
  }

  /** Closes the connections and drops the schema; that it cannot be dropped is no failure. */
  @Override
  public void close() {
    pool.close();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("drop schema if exists " + schema + " cascade");
    } catch (SQLException alreadyGone) {
      // PostgreSQL ended before us: then the schema's fate is its own
    }
  }

  private static String tables() {
    try (InputStream in = Database.class.getResourceAsStream("schema.sql")) {
      if (in == null) {
        throw new IllegalStateException("schema.sql is missing from the shop's jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
