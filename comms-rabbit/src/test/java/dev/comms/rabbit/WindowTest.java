package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Return;
import dev.comms.contract.Codec;
import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import dev.comms.contract.Time;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WindowTest implements Window.Ends {
  private static final Task<byte[]> TASK =
      Task.named("t", Codec.bytes()).eachAttemptWithin(Duration.ofSeconds(1));

  private final AtomicLong next = new AtomicLong(1);
  private final List<Outgoing> acknowledged = new ArrayList<>();
  private final List<Outgoing> refused = new ArrayList<>();
  private final Window window = new Window(channel(), 4, this, Thread.currentThread());

  @Test
  void aMultipleConfirmEndsAllUpToItAndNoLaterOne() {
    List<Outgoing> sent = send(4);

    window.handleAck(3, true);

    assertThat(acknowledged).containsExactlyElementsOf(sent.subList(0, 3));
    assertThat(window.harvest()).containsExactly(sent.get(3));
  }

  @Test
  void confirmsOutOfOrderNeverEndALaterMessageInTheSameSlot() {
    send(4);
    window.handleAck(2, false);
    window.handleAck(3, false);
    window.handleAck(4, false);
    acknowledged.clear();
    List<Outgoing> later = send(0);
    next.set(6); // number 5 shares the slot of number 1, which is still open
    later.addAll(send(3)); // 6, 7 and 8

    window.handleAck(4, true);
    assertThat(acknowledged).hasSize(1); // number 1 only
    window.handleAck(8, true);

    assertThat(acknowledged.subList(1, 4)).containsExactlyElementsOf(later);
    assertThat(window.harvest()).isEmpty();
  }

  @Test
  void thereIsNoPlaceForANumberWhoseSlotIsStillOpen() {
    send(4);
    assertThat(window.free()).isFalse();

    window.handleAck(2, false);
    assertThat(window.free()).isFalse();
    window.handleNack(1, false);

    assertThat(window.free()).isTrue();
    assertThat(refused).hasSize(1);
  }

  @Test
  void whatEndedWithoutAConfirmGivesItsPlaceAndItsLateConfirmEndsNothing() {
    List<Outgoing> sent = send(4);
    sent.get(0).fail(Failures.tooLate("t"));

    assertThat(window.free()).isTrue();
    List<Outgoing> later = send(1); // number 5, in the place of number 1
    window.handleAck(1, false);

    assertThat(acknowledged).isEmpty();
    window.handleAck(5, true);
    assertThat(acknowledged).hasSize(4).containsAll(later).doesNotContain(sent.get(0));
  }

  @Test
  void whatWasReturnedIsUnroutableThoughItIsAcknowledged() {
    List<Outgoing> sent = send(2);

    window.handle(
        new Return(
            312,
            "NO_ROUTE",
            "e",
            "k",
            new BasicProperties.Builder().messageId("id-2").build(),
            new byte[0]));

    assertThat(sent.get(0).unroutable()).isFalse();
    assertThat(sent.get(1).unroutable()).isTrue();
  }

  @Test
  void aConfirmAfterTheHarvestEndsNothing() {
    List<Outgoing> sent = send(3);
    window.die();
    assertThat(window.harvest()).containsExactlyElementsOf(sent);

    window.handleAck(3, true);

    assertThat(acknowledged).isEmpty();
    assertThat(window.alive()).isFalse();
  }

  @Override
  public void acknowledged(List<Outgoing> all) {
    acknowledged.addAll(all);
  }

  @Override
  public void refused(List<Outgoing> all) {
    refused.addAll(all);
  }

  private List<Outgoing> send(int many) {
    List<Outgoing> sent = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      Outgoing message =
          new Outgoing(
              TASK,
              new Topology.Target("e", "k"),
              new BasicProperties.Builder().messageId("id-" + next.get()).build(),
              new byte[0],
              Deadline.after(Time.system(), Duration.ofMinutes(1)));
      window.add(message);
      next.incrementAndGet();
      sent.add(message);
    }
    return sent;
  }

  private Channel channel() {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (proxy, method, arguments) ->
                method.getReturnType() == long.class ? (Object) next.get() : null);
  }
}
