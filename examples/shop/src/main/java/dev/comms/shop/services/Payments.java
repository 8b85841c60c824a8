package dev.comms.shop.services;

import static dev.comms.shop.contracts.Contracts.CHARGE;

import dev.comms.Comms;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.Context;
import dev.comms.contract.Effect;
import dev.comms.shop.payments.v1.ChargeRequest;
import dev.comms.shop.payments.v1.ChargeResponse;
import dev.comms.spi.CallServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Charges orders, each once: the charge's row is unique by order, and charging again answers with
 * the first receipt. Every attempt leaves a row, captured or not.
 */
public final class Payments implements Service {
  private final Sql sql;
  private final CallServer server;
  private final Comms comms;

  public Payments(Transports transports, Sql sql) {
    this.sql = sql;
    this.server = transports.server();
    this.comms = Comms.service("payments", new SimpleMeterRegistry()).build();
    comms.serve(server).answer(CHARGE, this::charge);
  }

  @Override
  public void start() {
    comms.start();
  }

  /** Where it listens, once started: host:port. */
  public String address() {
    return server.address();
  }

  private ChargeResponse charge(ChargeRequest request, Context context) throws SQLException {
    String order = request.getOrderId();
    String receipt = receipt(order);
    if (receipt == null) {
      Card card = card(request.getUserId());
      try {
        card.authorise(attemptsSoFar(order) + 1);
      } catch (IOException down) {
        sql.update("insert into charge_attempts (order_id, outcome) values (?, 'failed')", order);
        throw new Unavailable(
            Facts.of("card network")
                .effect(Effect.NONE)
                .message(String.valueOf(down.getMessage())));
      }
      receipt = capture(order, request.getAmountCents());
    }
    return ChargeResponse.newBuilder().setReceiptId(receipt).build();
  }

  /**
   * The charge and its attempt in one commit; of two at once the second gets the first's receipt.
   */
  private String capture(String order, long cents) throws SQLException {
    String receipt = UUID.randomUUID().toString();
    boolean captured =
        sql.inTransaction(
            c -> {
              int isNew =
                  Sql.update(
                      c,
                      "insert into charges values (?, ?, ?) on conflict do nothing",
                      order,
                      receipt,
                      cents);
              if (isNew == 1) {
                Sql.update(
                    c,
                    "insert into charge_attempts (order_id, outcome) values (?, 'captured')",
                    order);
              }
              return isNew == 1;
            });
    String first = captured ? receipt : receipt(order);
    if (first == null) {
      throw new IllegalStateException("order " + order + " was charged and has no receipt");
    }
    return first;
  }

  private @Nullable String receipt(String order) throws SQLException {
    return sql.first(
        "select receipt_id from charges where order_id = ?", row -> row.getString(1), order);
  }

  private int attemptsSoFar(String order) throws SQLException {
    Integer made =
        sql.first(
            "select count(*) from charge_attempts where order_id = ?", row -> row.getInt(1), order);
    return made == null ? 0 : made;
  }

  private Card card(String user) throws SQLException {
    Card card =
        sql.first(
            "select behaviour from cards where user_id = ?",
            row -> Card.valueOf(row.getString(1)),
            user);
    if (card == null) {
      throw new Rejected(Code.FAILED_PRECONDITION, "user " + user + " has no card");
    }
    return card;
  }

  @Override
  public void close() {
    comms.close();
  }
}
