package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.shop.services.Catalogue;
import dev.comms.shop.services.Database;
import dev.comms.shop.services.MailFolder;
import dev.comms.testkit.brokers.Brokers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The shop on real brokers, with some of it down. */
@Timeout(180)
class ShopIT {
  private static final String ORDER = "{\"userId\":\"user-1\",\"productId\":1,\"quantity\":1}";
  private static final Duration USUAL = Duration.ofSeconds(2);

  @TempDir Path mails;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private final DemoBrokers brokers =
      DemoBrokers.start(Brokers.shared(), run, new DemoBrokers.Wish(true, false));
  private Database rows;

  @BeforeEach
  void fill() throws Exception {
    rows = Database.create(brokers.postgres().address(), "shop_" + run);
    Catalogue.fill(rows.sql(), 1);
  }

  @AfterEach
  void drop() {
    rows.close();
  }

  @Test
  void withPaymentsAndMailDownTheGatewayStillAnswers202InTheUsualTime() throws Exception {
    try (Shop shop = shop(EnumSet.allOf(Shop.Part.class))) {
      assertThat(post(shop).statusCode()).isEqualTo(202); // the first one warms everything up

      for (int i = 0; i < 20; i++) {
        long begun = System.nanoTime();
        HttpResponse<String> answer = post(shop);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(USUAL);
      }
    }
  }

  @Test
  void theStockIsShownAsItIsAndThenAsItChanges() throws Exception {
    try (Shop shop = shop(Set.of());
        Stream<String> lines = watch(shop, "/stock")) {
      Iterator<String> stock = lines.filter(ShopIT::isOfTheProduct).iterator();
      String before = stock.next();

      assertThat(post(shop).statusCode()).isEqualTo(202);

      String after = stock.next();
      assertThat(stockOf(after)).isEqualTo(stockOf(before) - 1);
    }
  }

  @Test
  void theStockThatIsShownInTheEndIsThatOfTheRowHoweverManyOrderAtOnce() throws Exception {
    try (Shop shop = shop(EnumSet.allOf(Shop.Part.class))) {
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        answers.add(http.sendAsync(request(shop), HttpResponse.BodyHandlers.ofString()));
      }
      answers.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(202));
      int stock =
          Objects.requireNonNull(
              rows.sql().first("select stock from products where id = 1", row -> row.getInt(1)));

      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(shown(shop)).isEqualTo(stock));
    }
  }

  /** What somebody is shown who comes now. */
  private int shown(Shop shop) throws Exception {
    try (Stream<String> lines = watch(shop, "/stock")) {
      return lines
          .filter(ShopIT::isOfTheProduct)
          .mapToInt(ShopIT::stockOf)
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void whoWatchesAnOrderSeesItsPresentStatusAndThenItsEnd() throws Exception {
    try (Shop shop = shop(Set.of())) {
      String location = post(shop).headers().firstValue("Location").orElseThrow();
      try (Stream<String> lines = watch(shop, location + "/events")) {
        assertThat(lines.filter(ShopIT::saysCompleted).findFirst()).isPresent();
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> new MailFolder(mails).files().size() == 1);
    }
  }

  private Shop shop(Set<Shop.Part> down) {
    return new Shop(
        new BrokerTransports(brokers),
        rows.sql(),
        new MailFolder(mails),
        new DemoOptions(1, Duration.ZERO, false, false, 1, 0),
        down);
  }

  private HttpResponse<String> post(Shop shop) throws Exception {
    return http.send(request(shop), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest request(Shop shop) {
    return HttpRequest.newBuilder(URI.create(shop.url() + "/orders"))
        .POST(HttpRequest.BodyPublishers.ofString(ORDER))
        .build();
  }

  private Stream<String> watch(Shop shop, String path) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create(shop.url() + path))
                .header("Accept", "text/event-stream")
                .build(),
            HttpResponse.BodyHandlers.ofLines())
        .body();
  }

  private static boolean saysCompleted(String line) {
    return line.startsWith("data:")
        && json(line).path("status").stringValue("").equals("completed");
  }

  private static boolean isOfTheProduct(String line) {
    return line.startsWith("data:") && json(line).path("productId").intValue() == 1;
  }

  private static int stockOf(String line) {
    return json(line).path("stock").intValue();
  }

  private static JsonNode json(String line) {
    return JsonMapper.shared().readTree(line.substring("data:".length()));
  }
}
