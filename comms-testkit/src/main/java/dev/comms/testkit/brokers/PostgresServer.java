package dev.comms.testkit.brokers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Asks a PostgreSQL for its version; reaches the one that {@code COMMS_JDBC_URL} names. */
final class PostgresServer {

  private static final String SCHEME = "jdbc:postgresql:";
  private static final String SECONDS = "5";

  private PostgresServer() {}

  static Broker outside(String value) {
    Outside named = new Outside("postgresql", "COMMS_JDBC_URL", value);
    if (!value.strip().startsWith(SCHEME)) {
      throw named.malformed("a URL such as jdbc:postgresql://host:5432/database?user=me");
    }
    String version = named.await(() -> version(value.strip()));
    return new Running("postgresql", version, value.strip(), named.variable(), () -> {});
  }

  /** The server's version without the distributor's remark, for example {@code 14.22}. */
  static String version(String url) throws SQLException, Readiness.Final {
    Properties limits = new Properties();
    limits.setProperty("loginTimeout", SECONDS);
    limits.setProperty("connectTimeout", SECONDS);
    limits.setProperty("socketTimeout", SECONDS);
    try (Connection connection = DriverManager.getConnection(url, limits);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("show server_version")) {
      rows.next();
      return rows.getString(1).strip().split("\\s", 2)[0];
    } catch (SQLException e) {
      throw finalOr(e);
    }
  }

  /** A refused password or an unknown database stays so; a server that starts up does not. */
  private static SQLException finalOr(SQLException e) throws Readiness.Final {
    String state = String.valueOf(e.getSQLState());
    if (String.valueOf(e.getMessage()).startsWith("No suitable driver")) {
      throw new Readiness.Final("org.postgresql:postgresql is not on the class path");
    }
    if (state.startsWith("28") || state.equals("3D000")) {
      throw new Readiness.Final(Secrets.reason(e));
    }
    return e;
  }
}
