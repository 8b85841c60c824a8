package dev.comms.shop.gateway;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.shop.contracts.OrderStatus;
import dev.comms.shop.services.OrderStore;
import dev.comms.shop.services.Service;
import dev.comms.shop.services.Transports;
import io.javalin.Javalin;

/**
 * The shop's edge: {@code POST /orders}, {@code GET /orders/{id}}, live status and stock as
 * server-sent events, and a page that shows them. It needs the inventory and the queue, not the
 * users, the payments or the mail: with those down it still answers 202.
 */
public final class Gateway implements Service {
  private static final int WATCHERS = 32;
  private static final int WAITING_PER_WATCHER = 1_024;

  private final int port;
  private final Comms comms;
  private final SseHub orderHub = new SseHub(WATCHERS, WAITING_PER_WATCHER);
  private final SseHub stockHub = new SseHub(WATCHERS, WAITING_PER_WATCHER);
  private final StockBoard board;
  private final Reconciler reconciler;
  private final Javalin http;

  /**
   * @param port where to listen on the loopback, 0 for a free one
   * @param inventory where the inventory listens: host:port
   */
  public Gateway(Transports transports, OrderStore orders, String inventory, int port) {
    this.port = port;
    this.comms = Service.comms("gateway");
    Calls calls = comms.calls(transports.callsTo(inventory));
    OrderDesk desk = new OrderDesk(calls, comms.tasks(transports.tasks()), orders);
    this.board = new StockBoard(calls, stockHub);
    this.reconciler = new Reconciler(desk);
    this.http = new Routes(desk, orders, orderHub, stockHub, board).server();
  }

  @Override
  public void start() {
    comms.start();
    board.start();
    reconciler.start();
    http.start("127.0.0.1", port);
  }

  /** Where people go, once started. */
  public String url() {
    return "http://127.0.0.1:" + http.port();
  }

  /** Tells those who watch; never blocks. */
  public void show(String eventId, OrderStatus status) {
    orderHub.publish(
        status.orderId(),
        new SseHub.Message(eventId, "status", Json.MAPPER.writeValueAsString(status)));
  }

  @Override
  public void close() {
    orderHub.close();
    stockHub.close();
    reconciler.close();
    http.stop();
    board.close();
    comms.close();
  }
}
