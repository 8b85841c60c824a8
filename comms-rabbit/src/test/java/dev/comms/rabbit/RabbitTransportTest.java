package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Task;
import dev.comms.spi.TaskDelivery;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RabbitTransportTest {

  @Test
  void anAttemptThatTheBrokerWouldTakeBackIsRefusedWithTheFix() {
    Task<byte[]> slow =
        Task.named("video.encode", Codec.bytes()).eachAttemptWithin(Duration.ofMinutes(30));
    RabbitTransport transport =
        RabbitTransport.at("amqp://127.0.0.1:1").confirmedWithin(Duration.ofSeconds(1));

    assertThatThrownBy(() -> transport.work(slow, 1, TaskDelivery::done))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("video.encode")
        .hasMessageContaining("eachAttemptWithin is PT30M but must be less than PT30M")
        .hasMessageContaining("make its attempts shorter");
    transport.close();
  }
}
