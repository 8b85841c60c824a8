package dev.comms.testkit.proxy;

import static dev.comms.testkit.proxy.Direction.CLIENT;
import static dev.comms.testkit.proxy.Direction.SERVER;
import static dev.comms.testkit.proxy.Peers.awaits;
import static dev.comms.testkit.proxy.Peers.bytes;
import static dev.comms.testkit.proxy.Peers.hearsNothing;
import static dev.comms.testkit.proxy.Peers.isClosed;
import static dev.comms.testkit.proxy.Peers.isReset;
import static dev.comms.testkit.proxy.Peers.receive;
import static dev.comms.testkit.proxy.Peers.since;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.testkit.proxy.Peers.Link;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fault does its harm, in its direction and in no other, and is gone when it is healed. */
class FaultProxyFaultsTest {
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

  private static Direction other(Direction direction) {
    return direction == SERVER ? CLIENT : SERVER;
  }

  @ParameterizedTest
  @EnumSource
  void latencyDelaysOneDirection(Direction towards) throws Exception {
    Link link = peers.link();
    proxy.apply(NetworkFault.latency(ofMillis(300)).towards(towards));
    long begun = System.nanoTime();
    assertThat(link.pass(towards, bytes(10))).isEqualTo(bytes(10));
    assertThat(since(begun)).isGreaterThanOrEqualTo(ofMillis(300));
    proxy.apply(NetworkFault.latency(ofHours(1)).towards(towards));
    assertThat(link.pass(other(towards), bytes(10))).isEqualTo(bytes(10));
  }

  @Test
  void latenciesAddUpAndEachCanBeTakenAway() throws Exception {
    Link link = peers.link();
    proxy.apply(NetworkFault.latency(ofMillis(100)));
    Applied more = proxy.apply(NetworkFault.latency(ofMillis(200)));
    Applied most = proxy.apply(NetworkFault.latency(ofHours(1)));
    long begun = System.nanoTime();
    link.send(SERVER, bytes(10));
    most.close();
    link.receive(SERVER, 10);
    assertThat(since(begun)).isGreaterThanOrEqualTo(ofMillis(300));
    more.close();
    more.close();
    begun = System.nanoTime();
    link.pass(SERVER, bytes(10));
    assertThat(since(begun)).isGreaterThanOrEqualTo(ofMillis(100));
  }

  @Test
  void manyPiecesAreDelayedAtATime() throws Exception {
    Link link = peers.link();
    proxy.apply(NetworkFault.latency(ofMillis(300)));
    byte[] much = bytes(8 * FaultProxy.IN_FLIGHT);
    CompletableFuture<Void> sending = sending(link, SERVER, much);
    long begun = System.nanoTime();
    assertThat(link.receive(SERVER, much.length)).isEqualTo(much);
    // one after the other, pieces of 64 KiB would take 38 s
    assertThat(since(begun)).isBetween(ofMillis(300), Duration.ofSeconds(30));
    sending.get(1, TimeUnit.MINUTES);
  }

  private static CompletableFuture<Void> sending(Link link, Direction towards, byte[] bytes) {
    return CompletableFuture.runAsync(
        () -> assertThatCode(() -> link.send(towards, bytes)).doesNotThrowAnyException());
  }

  @Test
  void jitterIsAPartOfItsMostAndTheSameForTheSameSeed() throws Exception {
    Random luck = new Seeds(proxy.seed(), 1, SERVER).jitter();
    assertThat(new Seeds(proxy.seed(), 1, CLIENT).jitter().nextDouble())
        .isNotEqualTo(new Seeds(proxy.seed(), 1, SERVER).jitter().nextDouble());
    Link link = peers.link();
    proxy.apply(NetworkFault.latency(ofMillis(50), ofMillis(300)));
    for (int i = 0; i < 4; i++) {
      Duration least = ofMillis(50 + (long) (luck.nextDouble() * 300));
      long begun = System.nanoTime();
      link.pass(SERVER, bytes(1));
      assertThat(since(begun)).isGreaterThanOrEqualTo(least);
    }
  }

  @ParameterizedTest
  @EnumSource
  void bandwidthLimitsOneDirection(Direction towards) throws Exception {
    Link link = peers.link();
    Applied slow = proxy.apply(NetworkFault.bandwidth(20_000).towards(towards));
    long begun = System.nanoTime();
    assertThat(link.pass(towards, bytes(10_000))).isEqualTo(bytes(10_000));
    // 500 ms, but for the first write and what a late timer may make good
    assertThat(since(begun)).isGreaterThanOrEqualTo(ofMillis(420));
    proxy.apply(NetworkFault.bandwidth(1).towards(towards));
    slow.close();
    assertThat(link.pass(other(towards), bytes(10_000))).hasSize(10_000);
    link.send(towards, bytes(10_000));
    proxy.heal();
    assertThat(link.receive(towards, 10_000)).isEqualTo(bytes(10_000));
  }

  @ParameterizedTest
  @EnumSource
  void aBlackHoleLetsNothingPassAndGivesAllBack(Direction towards) throws Exception {
    Link link = peers.link();
    proxy.apply(NetworkFault.blackHole().towards(towards));
    link.send(towards, bytes(10));
    link.sender(towards).shutdownOutput();
    hearsNothing(link.receiver(towards));
    assertThat(link.pass(other(towards), bytes(20))).isEqualTo(bytes(20));
    assertThat(proxy.bytes(towards)).isZero();
    proxy.heal();
    assertThat(link.receiver(towards).getInputStream().readAllBytes()).isEqualTo(bytes(10));
  }

  @Test
  void aBlackHoleHoldsNewConnectionsAndResetsToo() throws Exception {
    proxy.apply(NetworkFault.blackHole());
    Link link = peers.link();
    link.client().setSoLinger(true, 0);
    link.client().close();
    hearsNothing(link.server());
    proxy.heal();
    isReset(link.server());
  }

  @Test
  void whileItIsSilentNewConnectionsAreAcceptedAndNeverAnswered() throws Exception {
    Link before = peers.link();
    proxy.apply(NetworkFault.silent());
    Socket client = peers.client();
    client.getOutputStream().write(bytes(10));
    hearsNothing(client);
    peers.noneIsAccepted();
    assertThat(before.pass(SERVER, bytes(20))).isEqualTo(bytes(20));
    proxy.heal();
    assertThat(receive(peers.accepted(), 10)).isEqualTo(bytes(10));
  }

  @Test
  void whoLeavesWhileItIsSilentIsForgotten() throws Exception {
    proxy.apply(NetworkFault.silent());
    Socket client = peers.client();
    client.getOutputStream().write(bytes(10));
    awaits(() -> proxy.connections() == 1);
    client.close();
    awaits(() -> proxy.connections() == 0);
    proxy.heal();
    peers.noneIsAccepted();
  }

  @Test
  void resetEndsConnectionsAtOnceUntilItIsHealed() throws Exception {
    Link before = peers.link();
    proxy.apply(NetworkFault.reset());
    isReset(before.client());
    isReset(before.server());
    peers.newConnectionsAreReset();
    proxy.heal();
    Socket client = peers.client();
    client.getOutputStream().write(bytes(10));
    assertThat(receive(peers.accepted(), 10)).isEqualTo(bytes(10));
  }

  @ParameterizedTest
  @EnumSource
  void resetAfterSoManyBytesCountsOneDirection(Direction towards) throws Exception {
    Link link = peers.link();
    link.pass(towards, bytes(100));
    proxy.apply(NetworkFault.resetAfter(40).towards(towards));
    assertThat(link.pass(other(towards), bytes(100))).isEqualTo(bytes(100));
    assertThat(link.pass(towards, bytes(39))).isEqualTo(bytes(39));
    link.send(towards, bytes(1));
    isReset(link.client());
    isReset(link.server());
    assertThat(proxy.bytes(towards)).isEqualTo(140);
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionIsCutAfterExactlySoManyBytes(Direction towards) throws Exception {
    Link link = peers.link();
    proxy.apply(NetworkFault.cutAfter(40).towards(towards));
    assertThat(link.pass(other(towards), bytes(100))).isEqualTo(bytes(100));
    link.send(towards, bytes(100));
    assertThat(link.receiver(towards).getInputStream().readAllBytes())
        .isEqualTo(java.util.Arrays.copyOf(bytes(100), 40));
    isClosed(link.sender(towards));
    awaits(() -> proxy.connections() == 0);
  }

  @ParameterizedTest
  @EnumSource
  void aSlowCloseIsHeardOfLater(Direction towards) throws Exception {
    Link link = peers.link();
    Applied slow = proxy.apply(NetworkFault.slowClose(ofMillis(300)).towards(towards));
    long begun = System.nanoTime();
    link.sender(towards).shutdownOutput();
    isClosed(link.receiver(towards));
    assertThat(since(begun)).isGreaterThanOrEqualTo(ofMillis(300));
    slow.close();

    proxy.apply(NetworkFault.slowClose(ofHours(1)).towards(towards));
    Link second = peers.link();
    second.send(towards, bytes(10));
    second.sender(towards).shutdownOutput();
    assertThat(second.receive(towards, 10)).isEqualTo(bytes(10));
    hearsNothing(second.receiver(towards));
    proxy.heal();
    isClosed(second.receiver(towards));
  }

  @ParameterizedTest
  @EnumSource
  void aSlicerWritesLittleAtATime(Direction towards) throws Exception {
    Link link = peers.link();
    proxy.apply(NetworkFault.slicer(2, ofMillis(50)).towards(towards));
    long begun = System.nanoTime();
    assertThat(link.pass(towards, bytes(20))).isEqualTo(bytes(20));
    // 9 pauses
    assertThat(since(begun)).isGreaterThanOrEqualTo(ofMillis(450));
    proxy.apply(NetworkFault.slicer(1, ofHours(1)).towards(towards));
    assertThat(link.pass(other(towards), bytes(20))).isEqualTo(bytes(20));
  }

  @ParameterizedTest
  @EnumSource
  void everySoManyBytesOneIsChanged(Direction towards) throws Exception {
    Link link = peers.link();
    link.pass(towards, bytes(3));
    proxy.apply(NetworkFault.corruptEvery(10).towards(towards));
    byte[] came = link.pass(towards, bytes(35));
    assertThat(Corruptions.places(bytes(35), came)).containsExactly(9, 19, 29);
    assertThat(Corruptions.places(bytes(5), link.pass(towards, bytes(5)))).containsExactly(4);
    assertThat(link.pass(other(towards), bytes(35))).isEqualTo(bytes(35));
    proxy.heal();
    assertThat(link.pass(towards, bytes(35))).isEqualTo(bytes(35));
  }

  @Test
  void theSameSeedChangesTheSameBytesHoweverTheyCome() throws Exception {
    byte[] sent = bytes(2_000);
    byte[] at = Corruptions.corrupted(7, sent, sent.length);
    assertThat(Corruptions.corrupted(7, sent, 100)).isEqualTo(at);
    assertThat(Corruptions.corrupted(8, sent, sent.length)).isNotEqualTo(at);
    assertThat(Corruptions.places(sent, at)).hasSizeBetween(100, 300);
  }

  @Test
  void everyByteCanBeChanged() throws Exception {
    proxy.apply(NetworkFault.corrupt(1));
    byte[] came = peers.link().pass(CLIENT, bytes(1_000));
    assertThat(Corruptions.places(bytes(1_000), came)).hasSize(1_000);
  }

  @Test
  void whileItRefusesWhatIsOpenGoesOnAndAfterwardsThePortIsTheSame() throws Exception {
    Link before = peers.link();
    Applied refuse = proxy.apply(NetworkFault.refuse());
    Applied twice = proxy.apply(NetworkFault.refuse());
    assertThatThrownBy(peers::client).isInstanceOf(ConnectException.class);
    assertThat(before.pass(SERVER, bytes(10))).isEqualTo(bytes(10));
    refuse.close();
    assertThatThrownBy(peers::client).isInstanceOf(ConnectException.class);
    twice.close();
    assertThat(peers.link().pass(SERVER, bytes(20))).isEqualTo(bytes(20));
    assertThat(before.pass(CLIENT, bytes(10))).isEqualTo(bytes(10));
  }

  @Test
  void whateverDelaysComeAndGoEveryByteArrivesInOrder() throws Exception {
    Random random = new Random(5);
    byte[] much = bytes(3_000_000);
    Link link = peers.link();
    CompletableFuture<Void> there = sending(link, SERVER, much);
    CompletableFuture<Void> back = sending(link, CLIENT, much);
    CompletableFuture<Void> faults =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 200; i++) {
                Direction towards = random.nextBoolean() ? SERVER : CLIENT;
                proxy.apply(delaying(random).towards(towards));
                if (random.nextInt(3) == 0) {
                  proxy.heal();
                }
              }
              proxy.heal();
            });
    CompletableFuture<byte[]> came =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return link.receive(CLIENT, much.length);
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            },
            work -> new Thread(work).start());
    assertThat(link.receive(SERVER, much.length)).isEqualTo(much);
    assertThat(came.get(1, TimeUnit.MINUTES)).isEqualTo(much);
    CompletableFuture.allOf(there, back, faults).get(1, TimeUnit.MINUTES);
  }

  private static NetworkFault delaying(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> NetworkFault.latency(ofMillis(random.nextInt(20)), ofMillis(20));
      case 1 -> NetworkFault.bandwidth(1 + random.nextInt(10_000_000));
      case 2 -> NetworkFault.blackHole();
      case 3 -> NetworkFault.slicer(1 + random.nextInt(10_000), ofMillis(random.nextInt(2)));
      default -> NetworkFault.slowClose(ofMillis(random.nextInt(20)));
    };
  }
}
