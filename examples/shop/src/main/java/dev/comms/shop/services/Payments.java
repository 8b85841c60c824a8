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
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * Charges orders, each once: the charge's row is unique by order, and charging again answers with
 * the first receipt; of two charges of one order at once the second waits for the first. Every
 * attempt leaves a row, captured or not. What remains is a crash between the network's yes and our
 * row: then the network is asked again, and the demo counts its second yes as a duplicate effect.
 */
public final class Payments implements Service {
  private final Sql sql;
  private final CardNetwork network;
  private final CallServer server;
  private final Comms comms;

  public Payments(Transports transports, Sql sql) {
    this.sql = sql;
    this.network = new CardNetwork(sql);
    this.server = transports.server();
    this.comms = Service.comms("payments");
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
    String receipt = sql.inTransaction(c -> receipt(c, request));
    return ChargeResponse.newBuilder().setReceiptId(receipt).build();
  }

  private String receipt(Connection c, ChargeRequest request) throws SQLException {
    String order = request.getOrderId();
    lock(c, order);
    List<String> first =
        Sql.list(
            c, "select receipt_id from charges where order_id = ?", row -> row.getString(1), order);
    return first.isEmpty() ? capture(c, request) : first.get(0);
  }

  private String capture(Connection c, ChargeRequest request) throws SQLException {
    String order = request.getOrderId();
    long cents = request.getAmountCents();
    try {
      network.authorise(card(request.getUserId()), order, cents, attemptsSoFar(order) + 1);
    } catch (IOException down) {
      sql.update("insert into charge_attempts (order_id, outcome) values (?, 'failed')", order);
      throw new Unavailable(
          Facts.of("card network").effect(Effect.NONE).message(String.valueOf(down.getMessage())));
    }
    String receipt = UUID.randomUUID().toString();
    Sql.update(c, "insert into charges values (?, ?, ?)", order, receipt, cents);
    Sql.update(c, "insert into charge_attempts (order_id, outcome) values (?, 'captured')", order);
    return receipt;
  }

  /** Until the transaction ends; the order's charge may have no row yet that could be locked. */
  private static void lock(Connection c, String order) throws SQLException {
    Sql.list(c, "select pg_advisory_xact_lock(hashtextextended(?, 0))", row -> 0, order);
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
