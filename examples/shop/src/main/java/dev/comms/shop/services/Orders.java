package dev.comms.shop.services;

import static dev.comms.shop.contracts.Contracts.CHARGE;
import static dev.comms.shop.contracts.Contracts.GET_USER;
import static dev.comms.shop.contracts.Contracts.ORDER_STATUS;
import static dev.comms.shop.contracts.Contracts.PROCESS_ORDER;
import static dev.comms.shop.contracts.Contracts.RELEASE_STOCK;
import static dev.comms.shop.contracts.Contracts.SEND_EMAIL;
import static dev.comms.shop.contracts.Contracts.USER_ACTIVITY;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.Submit;
import dev.comms.Tasks;
import dev.comms.Workers;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException.CircuitOpen;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.Context;
import dev.comms.contract.Verdict;
import dev.comms.shop.contracts.OrderStatus;
import dev.comms.shop.contracts.ProcessOrder;
import dev.comms.shop.contracts.UserActivity;
import dev.comms.shop.inventory.v1.ReleaseStockRequest;
import dev.comms.shop.payments.v1.ChargeRequest;
import dev.comms.shop.users.v1.GetUserRequest;
import dev.comms.shop.users.v1.GetUserResponse;
import dev.comms.spi.DeadLetters;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order worker. A task may come twice, so each step looks at the order's row first: the charge
 * is unique by order, the mail's id is made from the order's, and an event that was confirmed is
 * not published again. What remains is a crash between an event's confirm and its mark in the row:
 * then the event goes out twice, and the demo counts it as a duplicate effect.
 */
public final class Orders implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(Orders.class);

  /** How many orders one instance works on at once. */
  public static final int AT_ONCE = 4;

  private static final Duration WHEN_CARDS_ARE_DOWN = Duration.ofSeconds(3);

  private final OrderRows rows;
  private final Duration delay;
  private final Comms comms;
  private final Calls inventory;
  private final Calls users;
  private final Calls payments;
  private final Tasks tasks;
  private final Events activity;
  private final Events status;

  /**
   * @param delay how long each task takes on top, zero for none
   */
  public Orders(Transports transports, OrderRows rows, Addresses addresses, Duration delay) {
    this.rows = rows;
    this.delay = delay;
    this.comms = Service.comms("orders");
    this.inventory = comms.calls(transports.callsTo(addresses.inventory()));
    this.users = comms.calls(transports.callsTo(addresses.users()));
    this.payments = comms.calls(transports.callsTo(addresses.payments()));
    this.tasks = comms.tasks(transports.tasks());
    this.activity = comms.events(transports.activity());
    this.status = comms.events(transports.status());
    tasks.handle(PROCESS_ORDER, Workers.of(AT_ONCE), this::process);
  }

  /** Where the services that it calls listen: host:port each. */
  public record Addresses(String inventory, String users, String payments) {}

  @Override
  public void start() {
    comms.start();
  }

  /** What became of the orders that could not be processed. */
  public DeadLetters deadLetters() {
    return tasks.deadLetters(PROCESS_ORDER);
  }

  private void process(ProcessOrder order, Context context) throws Exception {
    Thread.sleep(delay.toMillis());
    OrderRow row = rows.find(order.orderId());
    if (row == null) {
      throw Verdict.reject("order " + order.orderId() + " has no row");
    }
    switch (row.status()) {
      case OrderStore.REFUSED -> {} // its stock is back on the shelf, so nothing may be charged
      case OrderStore.REJECTED -> tell(row, OrderStore.REJECTED, row.reason());
      default -> complete(order, row);
    }
  }

  private void complete(ProcessOrder order, OrderRow row) throws Exception {
    GetUserResponse user;
    try {
      user = users.call(GET_USER, GetUserRequest.newBuilder().setUserId(order.userId()).build());
    } catch (Rejected no) {
      if (no.code() != Code.NOT_FOUND) {
        throw no;
      }
      reject(row, "unknown user " + order.userId());
      return;
    }
    if (!isTaken(order.orderId())) {
      return; // refused meanwhile: its stock is back on the shelf
    }
    charge(order);
    completed(order.orderId());
    mail(order, user, row);
    publish(order, row);
    tell(row, OrderStore.COMPLETED, "");
  }

  /**
   * That its task is here proves that it was queued, so an order that is still unconfirmed becomes
   * accepted, and from then on nobody can refuse it. False if somebody did before.
   */
  private boolean isTaken(String id) throws SQLException {
    rows.accepted(id);
    return !is(id, OrderStore.REFUSED);
  }

  /**
   * The money is taken by now. A row that does not say so is a fault that no retry mends, and that
   * people must see.
   */
  private void completed(String id) throws SQLException {
    if (!rows.completed(id) && !is(id, OrderStore.COMPLETED)) {
      LOG.error("order {} was charged, but its row was ended otherwise: give the money back", id);
      throw Verdict.reject("charged, but its row was ended otherwise: give the money back");
    }
  }

  private boolean is(String id, String status) throws SQLException {
    OrderRow row = rows.find(id);
    return row != null && row.status().equals(status);
  }

  /** Not the order's fault and not the program's: the business says no, which ends the order. */
  private void reject(OrderRow row, String reason) throws SQLException {
    inventory.call(RELEASE_STOCK, ReleaseStockRequest.newBuilder().setOrderId(row.id()).build());
    rows.rejected(row.id(), reason);
    tell(row, OrderStore.REJECTED, reason);
  }

  private void charge(ProcessOrder order) {
    try {
      payments.call(
          CHARGE,
          ChargeRequest.newBuilder()
              .setOrderId(order.orderId())
              .setUserId(order.userId())
              .setAmountCents(order.amountCents())
              .build());
    } catch (CircuitOpen open) {
      Duration wait = open.retryAfter();
      throw Verdict.retryAfter(wait == null ? WHEN_CARDS_ARE_DOWN : wait);
    }
  }

  private void mail(ProcessOrder order, GetUserResponse user, OrderRow row) throws SQLException {
    if (row.mailTask() == null) {
      String id =
          tasks.submit(
              SEND_EMAIL,
              Receipt.mail(order, user),
              Submit.now().withId("mail-" + order.orderId()));
      rows.happened(order.orderId(), OrderRows.Effect.MAIL, id);
    }
  }

  private void publish(ProcessOrder order, OrderRow row) throws SQLException {
    if (row.activityEvent() == null) {
      String id =
          activity.publish(
              USER_ACTIVITY,
              new UserActivity(
                  order.userId(),
                  "purchase",
                  order.orderId(),
                  order.productId(),
                  order.quantity(),
                  order.amountCents()));
      rows.happened(order.orderId(), OrderRows.Effect.ACTIVITY, id);
    }
  }

  private void tell(OrderRow row, String what, String reason) throws SQLException {
    if (row.statusEvent() == null) {
      String id =
          status.publish(ORDER_STATUS, new OrderStatus(row.id(), row.userId(), what, reason));
      rows.happened(row.id(), OrderRows.Effect.STATUS, id);
    }
  }

  @Override
  public void close() {
    comms.close();
  }
}
