package dev.comms.shop.contracts;

import static dev.comms.codec.Json.json;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.comms.contract.Backoff;
import dev.comms.contract.Call;
import dev.comms.contract.Download;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import dev.comms.grpc.GrpcCall;
import dev.comms.shop.inventory.v1.CheckStockRequest;
import dev.comms.shop.inventory.v1.CheckStockResponse;
import dev.comms.shop.inventory.v1.InventoryFilter;
import dev.comms.shop.inventory.v1.InventoryServiceGrpc;
import dev.comms.shop.inventory.v1.InventoryUpdate;
import dev.comms.shop.inventory.v1.ReleaseStockRequest;
import dev.comms.shop.inventory.v1.ReleaseStockResponse;
import dev.comms.shop.inventory.v1.ReserveStockRequest;
import dev.comms.shop.inventory.v1.ReserveStockResponse;
import dev.comms.shop.payments.v1.ChargeRequest;
import dev.comms.shop.payments.v1.ChargeResponse;
import dev.comms.shop.payments.v1.PaymentServiceGrpc;
import dev.comms.shop.users.v1.GetUserRequest;
import dev.comms.shop.users.v1.GetUserResponse;
import dev.comms.shop.users.v1.UserServiceGrpc;

/** Every conversation of the shop, once, with its limit; both sides use the same constants. */
public final class Contracts {
  private static final Backoff SOON = new Backoff(ofSeconds(1), ofSeconds(2));

  public static final Call<CheckStockRequest, CheckStockResponse> CHECK_STOCK =
      GrpcCall.unary(InventoryServiceGrpc.getCheckStockMethod()).answeredWithin(ofSeconds(3));

  public static final Call<ReserveStockRequest, ReserveStockResponse> RESERVE_STOCK =
      GrpcCall.unary(InventoryServiceGrpc.getReserveStockMethod()).answeredWithin(ofSeconds(3));

  public static final Call<ReleaseStockRequest, ReleaseStockResponse> RELEASE_STOCK =
      GrpcCall.unary(InventoryServiceGrpc.getReleaseStockMethod()).answeredWithin(ofSeconds(3));

  /** The stock as it is, then every change; the reader opens it anew when its time is over. */
  public static final Download<InventoryFilter, InventoryUpdate> INVENTORY_UPDATES =
      GrpcCall.download(InventoryServiceGrpc.getStreamInventoryUpdatesMethod())
          .firstWithin(ofSeconds(5))
          .idleWithin(ofMinutes(5))
          .totalWithin(ofHours(1));

  public static final Call<GetUserRequest, GetUserResponse> GET_USER =
      GrpcCall.unary(UserServiceGrpc.getGetUserMethod()).answeredWithin(ofSeconds(3));

  /** One attempt: a card that fails is tried again by the task, seconds later, not by the call. */
  public static final Call<ChargeRequest, ChargeResponse> CHARGE =
      GrpcCall.unary(PaymentServiceGrpc.getChargeMethod()).answeredWithin(ofSeconds(5)).attempts(1);

  public static final Task<ProcessOrder> PROCESS_ORDER =
      Task.named("orders.process", json(ProcessOrder.class))
          .eachAttemptWithin(ofSeconds(30))
          .attempts(4)
          .backoff(SOON);

  public static final Task<SendEmail> SEND_EMAIL =
      Task.named("mail.send", json(SendEmail.class))
          .eachAttemptWithin(ofSeconds(30))
          .attempts(5)
          .backoff(SOON);

  public static final Event<UserActivity> USER_ACTIVITY =
      Event.named("user.activity", json(UserActivity.class))
          .handledWithin(ofSeconds(10))
          .keyedBy(UserActivity::userId);

  public static final Event<OrderStatus> ORDER_STATUS =
      Event.named("order.status", json(OrderStatus.class))
          .handledWithin(ofSeconds(10))
          .keyedBy(OrderStatus::orderId);

  private Contracts() {}
}
