package dev.comms.shop.demo;

import static dev.comms.shop.contracts.Contracts.USER_ACTIVITY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.shop.contracts.UserActivity;
import dev.comms.shop.services.Recommendations;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RecommendationsIT {

  @Test
  void productsThatTheSameUserBuysArePairsCountedOverAllUsers() throws Exception {
    try (ShopRun shop = new ShopRun()) {
      Comms comms = shop.other();
      Events events = comms.events(shop.ways.activity());
      comms.start();
      shop.start(new Recommendations(shop.ways, shop.sql));

      buys(events, "ada", 1, 2, 3);
      buys(events, "bob", 2, 1);
      buys(events, "eve", 3, 3, 5);
      buys(events, "joe", 7);

      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> shop.count("purchases") == 9);
      assertThat(pairs(shop)).containsExactly("1+2: 2", "1+3: 1", "2+3: 1", "3+5: 1");
    }
  }

  private static void buys(Events events, String user, int... products) {
    for (int product : products) {
      events.publish(
          USER_ACTIVITY, new UserActivity(user, "purchase", user + "-" + product, product, 1, 995));
    }
  }

  private static List<String> pairs(ShopRun shop) throws SQLException {
    return shop.sql.list(
        "select product_a, product_b, together from pairs order by 1, 2",
        row -> row.getInt(1) + "+" + row.getInt(2) + ": " + row.getInt(3));
  }
}
