package dev.comms.shop.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException.DeadlineExceeded;
import dev.comms.contract.CommsException.Failed;
import dev.comms.contract.CommsException.Overloaded;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.CommsException.UnknownOutcome;
import dev.comms.contract.Effect;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class GatewayTest {
  private static final String GOOD = "{\"userId\":\"user-1\",\"productId\":7,\"quantity\":2}";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Fakes fakes = new Fakes();
  private final MemoryOrders orders = new MemoryOrders();
  private final Gateway gateway = new Gateway(fakes, orders, "inventory:1", 0);

  @BeforeEach
  void start() {
    gateway.start();
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void anAcceptedOrderIsAnswered202WithItsLocationAndItsTaskHasItsId() throws Exception {
    HttpResponse<String> answer = post(GOOD);

    assertThat(answer.statusCode()).isEqualTo(202);
    String id = orders.rows.keySet().iterator().next();
    assertThat(answer.headers().firstValue("Location")).contains("/orders/" + id);
    assertThat(fakes.submitted).singleElement().satisfies(t -> assertThat(t.id()).isEqualTo(id));
    assertThat(orders.onlyStatus()).isEqualTo("accepted");
    assertThat(fakes.called)
        .containsExactly(
            "inventory.InventoryService/CheckStock", "inventory.InventoryService/ReserveStock");
    JsonNode shown = json(get("/orders/" + id));
    assertThat(shown.path("status").stringValue()).isEqualTo("accepted");
    assertThat(shown.path("amountCents").intValue()).isEqualTo(1990);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nonsense                                                 | body
          [1]                                                      | body
          {"productId":7,"quantity":2}                             | userId
          {"userId":5,"productId":7,"quantity":2}                  | userId
          {"userId":"a b","productId":7,"quantity":2}              | userId
          {"userId":"u","quantity":2}                              | productId
          {"userId":"u","productId":7.5,"quantity":2}              | productId
          {"userId":"u","productId":99999999999,"quantity":2}      | productId
          {"userId":"u","productId":7,"quantity":0}                | quantity
          {"userId":"u","productId":7,"quantity":101}              | quantity
          {"userId":"u","productId":7,"quantity":1,"price":1}      | price
          """)
  void aMalformedOrderIsAnswered400NamingTheField(String body, String field) throws Exception {
    HttpResponse<String> answer = post(body);

    assertProblem(answer, 400);
    assertThat(json(answer).path("field").stringValue()).isEqualTo(field);
    assertThat(fakes.called).isEmpty();
  }

  @Test
  void anUnknownProductIsAnswered404() throws Exception {
    fakes.stockFails(new Rejected(Code.NOT_FOUND, "unknown product 7"));

    HttpResponse<String> answer = post(GOOD);

    assertProblem(answer, 404);
    assertThat(json(answer).path("detail").stringValue()).contains("unknown product 7");
  }

  @Test
  void anUnknownOrderIsAnswered404() throws Exception {
    assertProblem(get("/orders/none"), 404);
  }

  @Test
  void tooFewPiecesAreAnswered409WithoutAReservation() throws Exception {
    fakes.stock(false, 1);

    HttpResponse<String> answer = post(GOOD);

    assertProblem(answer, 409);
    assertThat(json(answer).path("left").intValue()).isEqualTo(1);
    assertThat(fakes.called).doesNotContain("inventory.InventoryService/ReserveStock");
  }

  @Test
  void piecesTakenByAnotherInBetweenAreAnswered409AndNoTaskIsSubmitted() throws Exception {
    fakes.reserve(false, 0);

    assertProblem(post(GOOD), 409);
    assertThat(fakes.submitted).isEmpty();
  }

  @Test
  void anInventoryThatAnswersTooLateIsAnswered504() throws Exception {
    fakes.stockFails(new DeadlineExceeded(Fakes.facts(Effect.POSSIBLE)));

    assertProblem(post(GOOD), 504);
  }

  @Test
  void anInventoryThatNeverAnswersIsAnswered504WithinTheLimitOfTheCall() throws Exception {
    fakes.stockHangs();
    long begun = System.nanoTime();

    assertProblem(post(GOOD), 504);

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void anOverloadedInventoryIsAnswered503WithTheWaitThatItNames() throws Exception {
    fakes.stockFails(new Overloaded(Fakes.facts(Effect.NONE).retryAfter(Duration.ofSeconds(7))));

    HttpResponse<String> answer = post(GOOD);

    assertProblem(answer, 503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("7");
  }

  @Test
  void anInventoryThatIsDownIsAnswered503() throws Exception {
    fakes.stockFails(new Unavailable(Fakes.facts(Effect.NONE)));

    HttpResponse<String> answer = post(GOOD);

    assertProblem(answer, 503);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void anInventoryThatBreaksIsAnswered502WithoutItsInnerText() throws Exception {
    fakes.stockFails(new Failed(Fakes.facts(Effect.POSSIBLE)));

    HttpResponse<String> answer = post(GOOD);

    assertProblem(answer, 502);
    assertThat(answer.body()).doesNotContain("as the test says");
  }

  @Test
  void anOrderWhoseTaskWasNotStoredIsRefusedAndItsStockPutBack() throws Exception {
    fakes.confirm = () -> CompletableFuture.failedFuture(new Unavailable(Fakes.facts(Effect.NONE)));

    HttpResponse<String> answer = post(GOOD);

    assertProblem(answer, 503);
    assertThat(orders.onlyStatus()).isEqualTo("refused");
    assertThat(fakes.called).endsWith("inventory.InventoryService/ReleaseStock");
  }

  @Test
  void anOrderWhoseTaskHasAnUnknownFateIsNotAcceptedAndKeepsItsStock() throws Exception {
    fakes.confirm =
        () -> CompletableFuture.failedFuture(new UnknownOutcome("x", Fakes.facts(Effect.POSSIBLE)));

    HttpResponse<String> answer = post(GOOD);

    assertProblem(answer, 503);
    String id = orders.rows.keySet().iterator().next();
    assertThat(json(answer).path("orderId").stringValue()).isEqualTo(id);
    assertThat(orders.onlyStatus()).isEqualTo("unconfirmed");
    assertThat(fakes.called).doesNotContain("inventory.InventoryService/ReleaseStock");
  }

  @Test
  void anOrderWithoutARowIsAnswered503AndItsStockPutBack() throws Exception {
    orders.down = true;

    assertProblem(post(GOOD), 503);
    assertThat(fakes.called).endsWith("inventory.InventoryService/ReleaseStock");
    assertThat(fakes.submitted).isEmpty();
  }

  @Test
  void anOrderThatIsQueuedButWhoseRowCannotSaySoIsNotToBeOrderedAgain() throws Exception {
    orders.downAfterInsert = true;

    HttpResponse<String> answer = post(GOOD);

    assertProblem(answer, 503);
    assertThat(json(answer).path("title").stringValue()).isEqualTo("Outcome unknown");
    assertThat(json(answer).path("orderId").stringValue())
        .isEqualTo(orders.rows.keySet().iterator().next());
    assertThat(fakes.called).doesNotContain("inventory.InventoryService/ReleaseStock");
  }

  @Test
  void anOrderThatIsNotQueuedButCannotBeRefusedEitherIsNotToBeOrderedAgain() throws Exception {
    orders.downAfterInsert = true;
    fakes.confirm = () -> CompletableFuture.failedFuture(new Unavailable(Fakes.facts(Effect.NONE)));

    HttpResponse<String> answer = post(GOOD);

    assertProblem(answer, 503);
    assertThat(json(answer).path("title").stringValue()).isEqualTo("Outcome unknown");
    assertThat(orders.onlyStatus()).isEqualTo("unconfirmed");
    assertThat(fakes.called).doesNotContain("inventory.InventoryService/ReleaseStock");
  }

  @Test
  void aPageShowsStockAndOrders() throws Exception {
    HttpResponse<String> page = get("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(page.body()).contains("EventSource('/stock')", "EventSource('/events')");
  }

  private HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(gateway.url() + "/orders"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(gateway.url() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return Json.MAPPER.readTree(answer.body());
  }

  private static void assertProblem(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(json(answer).path("status").intValue()).isEqualTo(status);
    assertThat(json(answer).path("title").stringValue()).isNotBlank();
  }
}
