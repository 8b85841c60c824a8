package dev.comms.shop.gateway;

import static dev.comms.shop.contracts.Contracts.CHECK_STOCK;
import static dev.comms.shop.contracts.Contracts.PROCESS_ORDER;
import static dev.comms.shop.contracts.Contracts.RELEASE_STOCK;
import static dev.comms.shop.contracts.Contracts.RESERVE_STOCK;

import dev.comms.Calls;
import dev.comms.Submit;
import dev.comms.Tasks;
import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import dev.comms.shop.contracts.ProcessOrder;
import dev.comms.shop.inventory.v1.CheckStockRequest;
import dev.comms.shop.inventory.v1.CheckStockResponse;
import dev.comms.shop.inventory.v1.ReleaseStockRequest;
import dev.comms.shop.inventory.v1.ReserveStockRequest;
import dev.comms.shop.inventory.v1.ReserveStockResponse;
import dev.comms.shop.services.OrderRow;
import dev.comms.shop.services.OrderStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes orders. An order counts as accepted only when the broker has confirmed its task: until then
 * its row is {@code unconfirmed}, and {@link #reconcile} submits the same task again, under the
 * same id, until the broker says yes.
 */
final class OrderDesk {
  private static final Logger LOG = LoggerFactory.getLogger(OrderDesk.class);
  private static final int AT_A_TIME = 100;

  private final Calls inventory;
  private final Tasks tasks;
  private final OrderStore orders;

  OrderDesk(Calls inventory, Tasks tasks, OrderStore orders) {
    this.inventory = inventory;
    this.tasks = tasks;
    this.orders = orders;
  }

  /**
   * Takes an order and returns its id. No payment has happened by then.
   *
   * @throws Problem if the order was not accepted
   * @throws CommsException if a service did not answer; the order is not accepted
   */
  String place(OrderRequest request) throws SQLException {
    String id = UUID.randomUUID().toString();
    CheckStockResponse stock =
        inventory.call(
            CHECK_STOCK,
            CheckStockRequest.newBuilder()
                .setProductId(request.productId())
                .setQuantity(request.quantity())
                .build());
    if (!stock.getAvailable()) {
      throw Problem.outOfStock(request.productId(), stock.getCurrentStock());
    }
    reserve(id, request);
    long cents = Math.round(stock.getPrice() * 100d) * request.quantity();
    OrderRow row =
        OrderRow.unconfirmed(id, request.userId(), request.productId(), request.quantity(), cents);
    try {
      orders.insert(row);
    } catch (SQLException noRow) {
      release(id);
      throw noRow;
    }
    queue(row);
    return id;
  }

  private void reserve(String id, OrderRequest request) {
    ReserveStockResponse answer;
    try {
      answer =
          inventory.call(
              RESERVE_STOCK,
              ReserveStockRequest.newBuilder()
                  .setOrderId(id)
                  .setProductId(request.productId())
                  .setQuantity(request.quantity())
                  .build());
    } catch (CommsException unclear) {
      if (unclear.effect() == Effect.POSSIBLE) {
        release(id);
      }
      throw unclear;
    }
    if (!answer.getReserved()) {
      throw Problem.outOfStock(request.productId(), answer.getRemainingStock());
    }
  }

  /** The first submission, so its failure with effect NONE means that there is no task. */
  private void queue(OrderRow row) {
    try {
      submit(row);
    } catch (CommsException failure) {
      if (failure.effect() == Effect.POSSIBLE || !refuse(row, failure)) {
        throw Problem.unknown(row.id());
      }
      release(row.id());
      throw queueIsDown(failure);
    }
    try {
      orders.accepted(row.id());
    } catch (SQLException noRows) {
      // the broker has the task: whoever is told to try again would order twice
      LOG.warn("order {} is queued, and its row does not say so: {}", row.id(), noRows.toString());
      throw Problem.unknown(row.id());
    }
  }

  private void submit(OrderRow row) {
    tasks.submit(
        PROCESS_ORDER,
        new ProcessOrder(
            row.id(), row.userId(), row.productId(), row.quantity(), row.amountCents()),
        Submit.now().withId(row.id()));
  }

  /** False if the row could not be refused: then the order will be submitted again. */
  private boolean refuse(OrderRow row, CommsException failure) {
    try {
      return orders.refused(row.id(), "not queued: " + failure.kind());
    } catch (SQLException noRows) {
      LOG.warn("order {} was not queued nor refused: {}", row.id(), noRows.toString());
      return false;
    }
  }

  private static Problem queueIsDown(CommsException failure) {
    return failure.kind() == CommsException.Kind.OVERLOADED
        ? Problem.of(failure)
        : Problem.unavailable("the order could not be queued and was not taken; try again");
  }

  /** Not waited for: the answer to the one who ordered does not depend on it. */
  private void release(String id) {
    inventory
        .detached()
        .callAsync(RELEASE_STOCK, ReleaseStockRequest.newBuilder().setOrderId(id).build())
        .whenComplete(
            (released, failure) -> {
              if (failure != null) {
                LOG.warn(
                    "order {} was not taken and its stock is still reserved ({}); call {} with it",
                    id,
                    failure.toString(),
                    RELEASE_STOCK.name());
              }
            });
  }

  /**
   * Submits again what nobody confirmed for longer than this; returns how many were confirmed. None
   * is refused here, whatever the failure: the broker may have the task of an earlier submission.
   */
  int reconcile(Duration unconfirmedFor) throws SQLException {
    int confirmed = 0;
    for (OrderRow row : orders.unconfirmed(unconfirmedFor, AT_A_TIME)) {
      try {
        submit(row);
      } catch (CommsException stillUnknown) {
        LOG.warn("order {} is still unconfirmed: {}", row.id(), stillUnknown.toString());
        continue;
      }
      orders.accepted(row.id());
      confirmed++;
    }
    return confirmed;
  }
}
