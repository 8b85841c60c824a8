package dev.comms.shop.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.Comms;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.CommsException.UnknownOutcome;
import dev.comms.contract.Effect;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrderDeskTest {
  private final Fakes fakes = new Fakes();
  private final MemoryOrders orders = new MemoryOrders();
  private final Comms comms = Comms.service("gateway", new SimpleMeterRegistry()).build();
  private final OrderDesk desk =
      new OrderDesk(comms.calls(fakes.callsTo("inventory:1")), comms.tasks(fakes.tasks()), orders);

  @BeforeEach
  void start() {
    comms.start();
  }

  @AfterEach
  void stop() {
    comms.close();
  }

  @Test
  void anUnconfirmedOrderIsSubmittedAgainUnderTheSameIdUntilItIsConfirmed() throws Exception {
    fakes.confirm = OrderDeskTest::unknown;
    assertThatThrownBy(() -> desk.place(new OrderRequest("user-1", 7, 2)))
        .isInstanceOf(Problem.class);

    assertThat(desk.reconcile(Duration.ZERO)).isZero();
    assertThat(orders.onlyStatus()).isEqualTo("unconfirmed");

    fakes.confirm = () -> CompletableFuture.completedFuture(null);
    assertThat(desk.reconcile(Duration.ZERO)).isEqualTo(1);
    assertThat(orders.onlyStatus()).isEqualTo("accepted");
    assertThat(fakes.submitted).hasSize(3);
    assertThat(fakes.submitted)
        .extracting(task -> task.id())
        .containsOnly(orders.rows.keySet().iterator().next());
  }

  @Test
  void anOrderWhoseFirstTaskMayBeQueuedIsNeverRefusedByALaterFailure() throws Exception {
    fakes.confirm = OrderDeskTest::unknown;
    assertThatThrownBy(() -> desk.place(new OrderRequest("user-1", 7, 2)))
        .isInstanceOf(Problem.class);

    fakes.confirm = () -> CompletableFuture.failedFuture(new Unavailable(Fakes.facts(Effect.NONE)));

    assertThat(desk.reconcile(Duration.ZERO)).isZero();
    assertThat(orders.onlyStatus()).isEqualTo("unconfirmed");
    assertThat(fakes.called).doesNotContain("inventory.InventoryService/ReleaseStock");
  }

  @Test
  void nothingIsSubmittedAgainOnceItIsConfirmed() throws SQLException {
    desk.place(new OrderRequest("user-1", 7, 2));

    assertThat(desk.reconcile(Duration.ZERO)).isZero();
    assertThat(fakes.submitted).hasSize(1);
  }

  private static CompletableFuture<Void> unknown() {
    return CompletableFuture.failedFuture(new UnknownOutcome("x", Fakes.facts(Effect.POSSIBLE)));
  }
}
