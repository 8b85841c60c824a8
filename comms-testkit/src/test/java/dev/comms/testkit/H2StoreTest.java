package dev.comms.testkit;

import dev.comms.outbox.JdbcStore;
import dev.comms.spi.Store;
import dev.comms.testkit.kit.StoreConformance;
import java.time.Duration;
import org.h2.jdbcx.JdbcDataSource;

class H2StoreTest extends StoreConformance {
  @Override
  protected Store store(String space) {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:mem:" + space + ";DB_CLOSE_DELAY=-1");
    return JdbcStore.over(source).answeredWithin(Duration.ofSeconds(20));
  }
}
