package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Time;
import dev.comms.spi.Host;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SessionTest {

  @Test
  @Timeout(60)
  void cuttingAConnectionWhoseSocketHangsReturnsAtOnceAndResetsItOnce() throws Exception {
    Host host = new Host("it", new SimpleMeterRegistry(), Time.system(), Runnable::run);
    RabbitConfig config =
        RabbitConfig.at("amqp://127.0.0.1:1").confirmedWithin(Duration.ofSeconds(1));
    HangingSocket socket = new HangingSocket();
    Session session = new Session(config, host, "publish");
    session.opened(socket);

    session.kick("a write hangs");
    session.kick("it hangs still");

    assertThat(socket.closing.await(30, TimeUnit.SECONDS)).isTrue();
    socket.written.countDown();
    assertThat(socket.closed.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(socket.closings).hasValue(1);
    assertThat(socket.linger).isZero();
  }

  /** As one under TLS whose write hangs: closing waits for the write. */
  private static final class HangingSocket extends Socket {
    final CountDownLatch closing = new CountDownLatch(1);
    final CountDownLatch written = new CountDownLatch(1);
    final CountDownLatch closed = new CountDownLatch(1);
    final AtomicInteger closings = new AtomicInteger();
    volatile int linger = -1;

    @Override
    public void setSoLinger(boolean on, int seconds) {
      linger = on ? seconds : -1;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // two may close at once, and wait
    public void close() {
      closings.incrementAndGet();
      closing.countDown();
      try {
        written.await();
      } catch (InterruptedException asked) {
        Thread.currentThread().interrupt();
      }
      closed.countDown();
    }
  }
}
