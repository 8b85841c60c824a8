package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Task;
import dev.comms.contract.Time;
import dev.comms.spi.Host;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RabbitDeadLettersTest {

  @Test
  void questionsThatNobodyBeganEndWithTheTransport() throws IOException {
    Host host = new Host("it", new SimpleMeterRegistry(), Time.system(), Runnable::run);
    Task<byte[]> task = Task.named("t", Codec.bytes()).eachAttemptWithin(Duration.ofSeconds(1));
    List<CompletableFuture<Long>> counts;
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        RabbitTransport transport =
            RabbitTransport.at("amqp://127.0.0.1:" + silent.getLocalPort())
                .confirmedWithin(Duration.ofSeconds(1))) {
      transport.attach(host); // it is accepted, and nobody answers
      counts = IntStream.range(0, 20).mapToObj(i -> transport.deadTasks(task).count()).toList();
      assertThat(counts).noneMatch(CompletableFuture::isDone);
    }

    assertThat(counts)
        .allSatisfy(
            each ->
                assertThat(catchThrowable(() -> each.get(30, TimeUnit.SECONDS)))
                    .hasCauseInstanceOf(CommsException.Unavailable.class));
  }
}
