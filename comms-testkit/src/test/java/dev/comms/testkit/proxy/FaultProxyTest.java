package dev.comms.testkit.proxy;

import static dev.comms.testkit.proxy.Direction.CLIENT;
import static dev.comms.testkit.proxy.Direction.SERVER;
import static dev.comms.testkit.proxy.Peers.awaits;
import static dev.comms.testkit.proxy.Peers.bytes;
import static dev.comms.testkit.proxy.Peers.isClosed;
import static dev.comms.testkit.proxy.Peers.isReset;
import static dev.comms.testkit.proxy.Peers.receive;
import static dev.comms.testkit.proxy.Peers.since;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.testkit.brokers.Ports;
import dev.comms.testkit.proxy.Peers.Link;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a proxy does when nothing goes wrong, or only in the end. */
class FaultProxyTest {
  private static final Duration QUIET = Duration.ofMillis(500);

  private Peers peers;
  private FaultProxy proxy;

  @BeforeEach
  void open() throws Exception {
    peers = new Peers();
    proxy = peers.proxy;
  }

  @AfterEach
  void close() throws Exception {
    peers.close();
  }

  @ParameterizedTest
  @EnumSource
  void withoutAFaultEveryByteArrivesAsItWas(Direction towards) throws Exception {
    Link link = peers.link();
    byte[] much = bytes(5_000_000);
    CompletableFuture<Void> sending =
        CompletableFuture.runAsync(
            () -> assertThatCode(() -> link.send(towards, much)).doesNotThrowAnyException());
    assertThat(link.receive(towards, much.length)).isEqualTo(much);
    sending.get(1, TimeUnit.MINUTES);
    assertThat(proxy.bytes(towards)).isEqualTo(much.length);
  }

  @Test
  void aConnectionClosedInOneDirectionGoesOnInTheOther() throws Exception {
    Link link = peers.link();
    link.send(SERVER, bytes(10));
    link.client().shutdownOutput();
    assertThat(link.server().getInputStream().readAllBytes()).isEqualTo(bytes(10));
    assertThat(link.pass(CLIENT, bytes(20))).isEqualTo(bytes(20));
    link.server().close();
    isClosed(link.client());
    awaits(() -> proxy.connections() == 0);
  }

  @ParameterizedTest
  @EnumSource
  void aResetIsPassedOnAsAReset(Direction towards) throws Exception {
    Link link = peers.link();
    link.pass(towards, bytes(10));
    link.sender(towards).setSoLinger(true, 0);
    link.sender(towards).close();
    isReset(link.receiver(towards));
    awaits(() -> proxy.connections() == 0);
  }

  @Test
  void connectionsAndBytesAreCounted() throws Exception {
    Link first = peers.link();
    peers.link();
    first.pass(SERVER, bytes(10));
    first.pass(CLIENT, bytes(20));
    assertThat(proxy.accepted()).isEqualTo(2);
    assertThat(proxy.connections()).isEqualTo(2);
    assertThat(proxy.bytes(SERVER)).isEqualTo(10);
    assertThat(proxy.bytes(CLIENT)).isEqualTo(20);
    assertThat(proxy.address()).isEqualTo("127.0.0.1:" + proxy.port());
  }

  @Test
  void resetAllEndsWhatIsOpenAndNothingElse() throws Exception {
    Link before = peers.link();
    proxy.resetAll();
    assertThat(proxy.connections()).isZero();
    isReset(before.client());
    isReset(before.server());
    assertThat(peers.link().pass(SERVER, bytes(10))).isEqualTo(bytes(10));
  }

  @Test
  void laterConnectionsGoToAnotherTarget() throws Exception {
    Link before = peers.link();
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      proxy.target("127.0.0.1", other.getLocalPort());
      Socket client = peers.client();
      try (Socket accepted = other.accept()) {
        client.getOutputStream().write(bytes(10));
        assertThat(receive(accepted, 10)).isEqualTo(bytes(10));
      }
    }
    assertThat(before.pass(SERVER, bytes(20))).isEqualTo(bytes(20));
  }

  @Test
  void aProxyWithoutATargetHasAPortAndRefusesUntilItIsTold() throws Exception {
    try (FaultProxy early = FaultProxy.open()) {
      assertThatThrownBy(() -> new Socket(early.host(), early.port()).close())
          .isInstanceOf(ConnectException.class);
      early.target("127.0.0.1", peers.server.getLocalPort());
      try (Socket client = new Socket(early.host(), early.port())) {
        client.getOutputStream().write(bytes(10));
        assertThat(receive(peers.accepted(), 10)).isEqualTo(bytes(10));
      }
    }
  }

  @Test
  void aConnectionWhoseTargetIsNotThereIsReset() throws Exception {
    peers.server.close();
    peers.newConnectionsAreReset();
    awaits(() -> proxy.connections() == 0);
  }

  @Test
  void whoSendsMoreThanIsReadHasToWait() throws Exception {
    Link link = peers.link();
    proxy.apply(NetworkFault.latency(Duration.ofHours(1)).towards(SERVER));
    long tooMuch = 20L * FaultProxy.IN_FLIGHT;
    SocketChannel client = SocketChannel.open();
    try (client) {
      client.setOption(StandardSocketOptions.SO_SNDBUF, 64 * 1024);
      client.connect(new InetSocketAddress(proxy.host(), proxy.port()));
      Socket server = peers.accepted();
      client.configureBlocking(false);
      byte[] piece = bytes(64 * 1024);
      long sent = 0;
      long progress = System.nanoTime();
      while (sent < tooMuch && since(progress).compareTo(QUIET) < 0) {
        int count = client.write(ByteBuffer.wrap(piece));
        sent += count;
        // a busy machine may let the proxy wait, but not for ever before it has read so much
        if (count > 0 || sent < FaultProxy.IN_FLIGHT) {
          progress = System.nanoTime();
        }
      }
      assertThat(sent).isGreaterThanOrEqualTo(FaultProxy.IN_FLIGHT).isLessThan(tooMuch);
      assertThat(proxy.bytes(SERVER)).isZero();
      proxy.heal();
      client.configureBlocking(true);
      client.shutdownOutput();
      assertThat(server.getInputStream().readAllBytes()).hasSize((int) sent);
    }
    assertThat(link.pass(SERVER, bytes(10))).isEqualTo(bytes(10));
  }

  @Test
  void whenItIsClosedNothingOfItIsLeft() throws Exception {
    Link link = peers.link();
    peers.client();
    proxy.apply(NetworkFault.latency(Duration.ofHours(1)));
    link.send(SERVER, bytes(10));
    String thread = "comms-proxy-" + proxy.port();
    assertThat(running(thread)).isTrue();
    proxy.close();
    proxy.close();
    assertThat(running(thread)).isFalse();
    isClosed(link.client());
    isClosed(link.server());
    assertThatThrownBy(peers::client).isInstanceOf(ConnectException.class);
    assertThat(proxy.connections()).isZero();
    try (FaultProxy again = FaultProxy.open(proxy.port(), 1)) {
      assertThat(again.port()).isEqualTo(proxy.port());
    }
  }

  private static boolean running(String thread) {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(one -> one.getName().equals(thread) && one.isAlive());
  }

  @Test
  void aClosedProxyCanBeHealedAgainButTakesNoFault() {
    Applied fault = proxy.apply(NetworkFault.blackHole());
    proxy.close();
    fault.close();
    proxy.heal();
    proxy.resetAll();
    assertThatIllegalStateException()
        .isThrownBy(() -> proxy.apply(NetworkFault.blackHole()))
        .withMessageContainingAll(proxy.address(), "is closed", "FaultProxy.to");
  }

  @Test
  void whoIsInterruptedStaysSoAndTheProxyGoesOn() throws Exception {
    Thread.currentThread().interrupt();
    proxy.apply(NetworkFault.blackHole());
    proxy.heal();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(peers.link().pass(SERVER, bytes(10))).isEqualTo(bytes(10));
  }

  @Test
  void moreConnectionsThanTheMostWaitUntilOneEnds() throws Exception {
    proxy.apply(NetworkFault.silent());
    Socket first = peers.client();
    for (int i = 1; i < FaultProxy.MOST_CONNECTIONS; i++) {
      peers.client();
    }
    awaits(() -> proxy.accepted() == FaultProxy.MOST_CONNECTIONS);
    peers.client();
    proxy.apply(NetworkFault.bandwidth(1)); // a turn of the loop, in which it could be accepted
    assertThat(proxy.accepted()).isEqualTo(FaultProxy.MOST_CONNECTIONS);
    first.close();
    awaits(() -> proxy.accepted() == FaultProxy.MOST_CONNECTIONS + 1);
  }

  @Test
  void badTargetsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FaultProxy.to("127.0.0.1", 0))
        .withMessageContainingAll("target port is 0", "from 1 to 65535", "give");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> proxy.target("no such host", 1))
        .withMessageContainingAll("target host is 'no such host'", "must be known", "give");
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    int port = Ports.free();
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> FaultProxy.open(taken.getLocalPort(), 1))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContainingAll("port " + port, "end the program");
    }
  }
}
