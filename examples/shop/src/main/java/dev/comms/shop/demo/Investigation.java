package dev.comms.shop.demo;

import dev.comms.shop.services.MailFolder;
import dev.comms.shop.services.OrderRow;
import dev.comms.shop.services.OrderRows;
import dev.comms.shop.services.Sql;
import dev.comms.spi.DeadLetters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Goes to every place where an order leaves a trace and writes down the ids. */
final class Investigation {
  private final DemoBrokers brokers;
  private final Sql sql;
  private final MailFolder mails;
  private final DeadLetters letters;

  Investigation(DemoBrokers brokers, Sql sql, MailFolder mails, DeadLetters letters) {
    this.brokers = brokers;
    this.sql = sql;
    this.mails = mails;
    this.letters = letters;
  }

  Findings findings(int sent, Customers.Answered answered, Set<String> watched)
      throws SQLException, IOException {
    return new Findings(
        sent,
        answered.answers(),
        answered.accepted(),
        new OrderRows(sql).all().stream().collect(Collectors.toMap(OrderRow::id, OrderRow::status)),
        Letters.ids(letters),
        counts(sql, "select order_id, count(*) from charge_attempts group by order_id"),
        paid(sql),
        mails(),
        KafkaTopic.read(brokers.kafka().address(), brokers.activityTopic()),
        pairs("select event_id, order_id from activity"),
        pairs("select event_id, order_id from purchases"),
        RedisLog.read(brokers.redis().address(), brokers.statusStream()),
        Set.copyOf(watched));
  }

  /** How often each order was paid, as the card network tells it. */
  static Map<String, Integer> paid(Sql sql) throws SQLException {
    return counts(sql, "select order_id, count(*) from authorisations group by order_id");
  }

  private static Map<String, Integer> counts(Sql sql, String query) throws SQLException {
    return sql.list(query, row -> Map.entry(row.getString(1), row.getInt(2))).stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private Map<String, String> pairs(String query) throws SQLException {
    return sql.list(query, row -> Map.entry(row.getString(1), row.getString(2))).stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** The mails by the order that each file names in its header. */
  private Map<String, List<String>> mails() throws IOException {
    Map<String, List<String>> found = new HashMap<>();
    for (Path file : mails.files()) {
      for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
        if (line.startsWith("X-Order-Id: ")) {
          found
              .computeIfAbsent(line.substring("X-Order-Id: ".length()), order -> new ArrayList<>())
              .add(MailFolder.idOf(file));
        }
        if (line.isEmpty()) {
          break;
        }
      }
    }
    return found;
  }
}
