package dev.comms.testkit;

import dev.comms.outbox.JdbcStore;
import dev.comms.spi.Store;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.kit.StoreConformance;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.postgresql.ds.PGSimpleDataSource;

class PostgresStoreIT extends StoreConformance {
  private final PGSimpleDataSource source = new PGSimpleDataSource();
  private final Set<String> tables = new HashSet<>();

  PostgresStoreIT() {
    source.setUrl(Brokers.shared().postgres().address());
  }

  @AfterEach
  void leaveNothing() throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      for (String table : tables) {
        statement.execute("DROP TABLE IF EXISTS " + table);
      }
    }
  }

  @Override
  protected Store store(String space) {
    tables.add(space);
    return JdbcStore.over(source).answeredWithin(Duration.ofSeconds(20)).table(space);
  }
}
