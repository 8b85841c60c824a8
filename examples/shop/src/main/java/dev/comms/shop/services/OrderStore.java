package dev.comms.shop.services;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The orders' rows. A status goes only forward: {@code unconfirmed} (stock reserved, nobody knows
 * yet whether the task is queued) to {@code accepted} (the broker confirmed the task), to {@code
 * completed} (charged) or {@code rejected} (the worker refused it for a business reason); or from
 * {@code unconfirmed} to {@code refused} (the task was certainly not queued, the stock was put
 * back).
 */
public interface OrderStore {
  String UNCONFIRMED = "unconfirmed";
  String ACCEPTED = "accepted";
  String COMPLETED = "completed";
  String REJECTED = "rejected";
  String REFUSED = "refused";

  /** Inserts an order that is {@link #UNCONFIRMED}. */
  void insert(OrderRow order) throws SQLException;

  @Nullable OrderRow find(String id) throws SQLException;

  /** Says that the broker has the task; does nothing if the order is further already. */
  void accepted(String id) throws SQLException;

  /**
   * Says that the task was certainly not queued.
   *
   * @return false if the order is further already, and so is not refused
   */
  boolean refused(String id, String reason) throws SQLException;

  /** The oldest orders that are unconfirmed for longer than this. */
  List<OrderRow> unconfirmed(Duration longerThan, int most) throws SQLException;
}
