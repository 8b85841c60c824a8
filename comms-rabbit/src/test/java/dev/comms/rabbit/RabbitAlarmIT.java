package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import dev.comms.spi.Health;
import dev.comms.spi.Order;
import dev.comms.spi.TaskDelivery;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.brokers.RabbitBroker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A broker whose memory is used up; needs its command line tool, so a node of our own. */
@Tag("own-brokers")
class RabbitAlarmIT {

  @Test
  void whileTheBrokerBlocksPublishersWhatWasNotSentIsOverloadedAndGoesOnAfterwards()
      throws Exception {
    RabbitBroker broker = Brokers.shared().rabbit();
    try (TestService service = new TestService()) {
      RabbitTransport transport = service.attach();
      service.get(service.submit(transport, service.message("before")));
      CompletableFuture<Void> first;
      CommsException refused;
      broker.ctl("set_vm_memory_high_watermark", "0.00001");
      try {
        first = service.submit(transport, service.message("makes the broker tell"));
        await().atMost(TestService.LONG).until(() -> facts(transport).containsKey("blocked"));
        refused =
            service.failure(
                transport.submit(
                    TestService.TASK,
                    service.message("blocked"),
                    Order.NOW,
                    service.in(Duration.ofMillis(300))));
      } finally {
        broker.ctl("set_vm_memory_high_watermark", "0.4");
      }

      assertThat(refused)
          .isInstanceOf(CommsException.Overloaded.class)
          .hasMessageContaining("blocks publishers");
      assertThat(refused.effect()).isEqualTo(Effect.NONE);
      service.get(first);
      service.get(service.submit(transport, service.message("after")));
      assertThat(facts(transport)).doesNotContainKey("blocked");
    }
  }

  @Test
  void aRetryThatTheBrokerDoesNotTakeKeepsTheTaskUntilItDoes() throws Exception {
    RabbitBroker broker = Brokers.shared().rabbit();
    try (TestService service = new TestService()) {
      RabbitTransport sender = service.attach();
      Duration impatient = Duration.ofMillis(500);
      RabbitTransport worker = service.own(service.transport(service.address, impatient));
      service.get(worker.attach(service.host()));
      BlockingQueue<TaskDelivery> inbox = service.work(worker, 1);
      service.get(service.submit(sender, service.message("again, please")));
      TaskDelivery first = TestService.next(inbox);
      CompletableFuture<Void> retried;
      broker.ctl("set_vm_memory_high_watermark", "0.00001");
      try {
        retried = first.retry(Duration.ZERO, TestService.BROKE);
        assertThat(inbox.poll(4, TimeUnit.SECONDS)).as("not given back").isNull();
        assertThat(retried).isNotDone();
      } finally {
        broker.ctl("set_vm_memory_high_watermark", "0.4");
      }

      service.get(retried);
      TaskDelivery second = TestService.next(inbox);
      assertThat(second.attempt()).isEqualTo(2);
      service.get(second.done());
    }
  }

  private static Map<String, String> facts(RabbitTransport transport) {
    Health.Part publishing = transport.health().parts().get(0);
    return publishing.facts();
  }
}
