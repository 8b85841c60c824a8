package dev.comms.shop.gateway;

import dev.comms.contract.CommsException;
import dev.comms.shop.contracts.OrderStatus;
import dev.comms.shop.gateway.SseHub.Message;
import dev.comms.shop.services.OrderRow;
import dev.comms.shop.services.OrderStore;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.sse.SseClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is answered under which path. Every answer that is no success is problem+json. */
final class Routes {
  private static final Logger LOG = LoggerFactory.getLogger(Routes.class);
  private static final int ORDERS_AT_ONCE = 64;
  private static final int THREADS = 160;
  private static final int LARGEST_BODY = 10_000;

  private final OrderDesk desk;
  private final OrderStore orders;
  private final SseHub orderHub;
  private final SseHub stockHub;
  private final StockBoard board;
  private final Semaphore atOnce = new Semaphore(ORDERS_AT_ONCE);

  Routes(OrderDesk desk, OrderStore orders, SseHub orderHub, SseHub stockHub, StockBoard board) {
    this.desk = desk;
    this.orders = orders;
    this.orderHub = orderHub;
    this.stockHub = stockHub;
    this.board = board;
  }

  Javalin server() {
    return Javalin.create(
        config -> {
          config.startup.showJavalinBanner = false;
          config.startup.showOldJavalinVersionWarning = false;
          config.startup.startupWatcherEnabled = false;
          config.http.maxRequestSize = LARGEST_BODY;
          config.jetty.threadPool = threads();
          config.routes.get("/", ctx -> ctx.html(page()));
          config.routes.post("/orders", this::order);
          config.routes.get("/orders/{id}", this::show);
          config.routes.sse("/orders/{id}/events", this::watchOrder);
          config.routes.sse("/events", this::watchAll);
          config.routes.sse("/stock", this::watchStock);
          problems(config);
        });
  }

  /** Room for every watcher, each of whom keeps a thread, and for the orders in between. */
  private static QueuedThreadPool threads() {
    QueuedThreadPool pool =
        new QueuedThreadPool(THREADS, 8, 30_000, new ArrayBlockingQueue<>(2_048));
    pool.setName("gateway-http");
    pool.setDaemon(true);
    return pool;
  }

  private static void problems(JavalinConfig config) {
    config.routes.exception(Problem.class, (problem, ctx) -> answer(ctx, problem));
    config.routes.exception(
        CommsException.class,
        (failure, ctx) -> {
          LOG.debug("{} {} failed", ctx.method(), ctx.path(), failure);
          answer(ctx, Problem.of(failure));
        });
    config.routes.exception(
        SQLException.class,
        (failure, ctx) -> {
          LOG.warn("the orders' rows are not available: {}", failure.toString());
          answer(ctx, Problem.unavailable("the orders' rows are not available"));
        });
    config.routes.exception(
        HttpResponseException.class,
        (failure, ctx) ->
            answer(ctx, Problem.http(failure.getStatus(), String.valueOf(failure.getMessage()))));
    config.routes.exception(
        Exception.class,
        (failure, ctx) -> {
          LOG.error("{} {} failed", ctx.method(), ctx.path(), failure);
          answer(ctx, Problem.internal("see the gateway's log"));
        });
  }

  private static void answer(Context ctx, Problem problem) {
    Long wait = problem.retryAfterSeconds();
    if (wait != null) {
      ctx.header("Retry-After", String.valueOf(wait));
    }
    ctx.status(problem.status()).contentType("application/problem+json").result(problem.body());
  }

  private void order(Context ctx) throws SQLException {
    if (!atOnce.tryAcquire()) {
      throw Problem.overloaded(ORDERS_AT_ONCE + " orders are being taken at this moment");
    }
    try {
      String id = desk.place(OrderRequest.parse(ctx.bodyAsBytes()));
      ctx.status(202)
          .header("Location", "/orders/" + id)
          .contentType("application/json")
          .result(Json.MAPPER.writeValueAsBytes(Map.of("orderId", id, "status", "accepted")));
    } finally {
      atOnce.release();
    }
  }

  private void show(Context ctx) throws SQLException {
    OrderRow row = find(ctx.pathParam("id"));
    ctx.contentType("application/json")
        .result(
            Json.MAPPER.writeValueAsBytes(
                Map.of(
                    "orderId", row.id(),
                    "userId", row.userId(),
                    "productId", row.productId(),
                    "quantity", row.quantity(),
                    "amountCents", row.amountCents(),
                    "status", row.status(),
                    "reason", row.reason())));
  }

  private OrderRow find(String id) throws SQLException {
    OrderRow row = orders.find(id);
    if (row == null) {
      throw Problem.notFound("there is no such order");
    }
    return row;
  }

  private void watchOrder(SseClient out) {
    String id = out.ctx().pathParam("id");
    SseHub.Client client = orderHub.connect(id);
    try {
      OrderRow row = find(id);
      OrderStatus now = new OrderStatus(row.id(), row.userId(), row.status(), row.reason());
      Message snapshot = new Message(null, "status", Json.MAPPER.writeValueAsString(now));
      SseStream.run(out, client, List.of(snapshot));
    } catch (SQLException down) {
      throw Problem.unavailable("the orders' rows are not available");
    } finally {
      client.close();
    }
  }

  private void watchAll(SseClient out) {
    SseStream.run(out, orderHub.connect(null), List.of());
  }

  private void watchStock(SseClient out) {
    SseHub.Client client = stockHub.connect(null);
    SseStream.run(out, client, board.snapshot());
  }

  private static String page() throws IOException {
    try (InputStream in = Routes.class.getResourceAsStream("index.html")) {
      if (in == null) {
        throw new IOException("index.html is missing from the shop's jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
