package dev.comms.shop.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Those who order, over real HTTP, a few at a time; each remembers what it was answered. */
final class Customers {
  private static final int AT_ONCE = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Counted as a status: no HTTP answer came at all. */
  static final int NO_ANSWER = 0;

  private final HttpClient http;
  private final URI orders;
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Integer> answers = new ConcurrentHashMap<>();
  private final AtomicInteger answered = new AtomicInteger();

  Customers(HttpClient http, String gateway) {
    this.http = http;
    this.orders = URI.create(gateway + "/orders");
  }

  /**
   * What was answered.
   *
   * @param accepted the ids of the orders that were answered 202
   * @param answers how many answers of each HTTP status
   */
  record Answered(Set<String> accepted, Map<Integer, Integer> answers) {}

  /** Sends every order once and returns when all are answered. */
  Answered order(List<OrderMix.Planned> mix, IntConsumer progress) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(AT_ONCE);
    AtomicInteger number = new AtomicInteger();
    ExecutorService pool =
        Executors.newFixedThreadPool(
            AT_ONCE, work -> new Thread(work, "customer-" + number.incrementAndGet()));
    try {
      for (int i = 0; i < AT_ONCE; i++) {
        pool.execute(
            () -> {
              for (int at = next.getAndIncrement(); at < mix.size(); at = next.getAndIncrement()) {
                answers.merge(send(mix.get(at)), 1, Integer::sum);
                progress.accept(answered.incrementAndGet());
              }
              done.countDown();
            });
      }
      done.await();
    } finally {
      pool.shutdownNow();
    }
    return new Answered(Set.copyOf(accepted), Map.copyOf(answers));
  }

  private int send(OrderMix.Planned order) {
    HttpRequest request =
        HttpRequest.newBuilder(orders)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(order.json()))
            .build();
    try {
      HttpResponse<Void> answer = http.send(request, HttpResponse.BodyHandlers.discarding());
      if (answer.statusCode() == 202) {
        String location = answer.headers().firstValue("Location").orElseThrow();
        accepted.add(location.substring(location.lastIndexOf('/') + 1));
      }
      return answer.statusCode();
    } catch (IOException noAnswer) {
      return NO_ANSWER;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return NO_ANSWER;
    }
  }
}
