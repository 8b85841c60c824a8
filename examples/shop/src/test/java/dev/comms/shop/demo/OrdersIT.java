package dev.comms.shop.demo;

import static dev.comms.shop.contracts.Contracts.CHARGE;
import static dev.comms.shop.contracts.Contracts.GET_USER;
import static dev.comms.shop.contracts.Contracts.PROCESS_ORDER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.Comms;
import dev.comms.Submit;
import dev.comms.Tasks;
import dev.comms.shop.contracts.ProcessOrder;
import dev.comms.shop.payments.v1.ChargeResponse;
import dev.comms.shop.services.OrderRow;
import dev.comms.shop.services.OrderStore;
import dev.comms.shop.services.Orders;
import dev.comms.shop.services.Payments;
import dev.comms.shop.services.Users;
import dev.comms.shop.users.v1.GetUserResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order worker, when somebody changes an order's row under its hands. */
@Timeout(120)
class OrdersIT {
  private static final String NOWHERE = "127.0.0.1:1";
  private static final String ID = "order-1";

  private ShopRun shop;

  @BeforeEach
  void insert() throws Exception {
    shop = new ShopRun();
    shop.orders.insert(OrderRow.unconfirmed(ID, "user-1", 1, 1, 1245));
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void anOrderThatIsRefusedWhileItIsWorkedOnIsNotCharged() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    String users =
        shop.answer(
            GET_USER,
            (request, context) -> {
              assertThat(shop.orders.refused(ID, "not queued, as the gateway thought")).isTrue();
              asked.countDown();
              return GetUserResponse.newBuilder().setUserId("user-1").build();
            });
    Payments payments = shop.start(new Payments(shop.ways, shop.sql));
    Orders orders = orders(users, payments.address());

    submit();
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
    orders.close(); // what was begun has ended by then

    assertThat(shop.count("authorisations")).isZero();
    assertThat(status()).isEqualTo(OrderStore.REFUSED);
  }

  @Test
  void anOrderThatIsWorkedOnCannotBeRefusedAnyMore() throws Exception {
    Users users = shop.start(new Users(shop.ways, shop.sql));
    CountDownLatch charged = new CountDownLatch(1);
    String payments =
        shop.answer(
            CHARGE,
            (request, context) -> {
              assertThat(shop.orders.refused(ID, "too late")).isFalse();
              charged.countDown();
              return ChargeResponse.newBuilder().setReceiptId("r").build();
            });
    orders(users.address(), payments);

    submit();

    assertThat(charged.await(60, TimeUnit.SECONDS)).isTrue();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> status().equals(OrderStore.COMPLETED));
  }

  @Test
  void anOrderThatWasChargedButEndedOtherwiseIsInTheDeadLetters() throws Exception {
    Users users = shop.start(new Users(shop.ways, shop.sql));
    String payments =
        shop.answer(
            CHARGE,
            (request, context) -> {
              shop.sql.update("update orders set status = 'refused' where id = ?", ID);
              return ChargeResponse.newBuilder().setReceiptId("r").build();
            });
    Orders orders = orders(users.address(), payments);

    submit();

    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(Letters.ids(orders.deadLetters())).containsExactly(ID));
    assertThat(status()).isEqualTo(OrderStore.REFUSED);
  }

  private Orders orders(String users, String payments) {
    Orders.Addresses addresses = new Orders.Addresses(NOWHERE, users, payments);
    return shop.start(new Orders(shop.ways, shop.orders, addresses, Duration.ZERO));
  }

  private void submit() {
    Comms comms = shop.other();
    Tasks tasks = comms.tasks(shop.ways.tasks());
    comms.start();
    tasks.submit(
        PROCESS_ORDER, new ProcessOrder(ID, "user-1", 1, 1, 1245), Submit.now().withId(ID));
  }

  private String status() throws Exception {
    return Objects.requireNonNull(shop.orders.find(ID)).status();
  }
}
