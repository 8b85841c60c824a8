package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Envelope;
import dev.comms.rabbit.Link.Arrival;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinkTest {
  private final Losses losses = new Losses();
  private final List<Arrival> arrived = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();

  @Test
  void threeConnectionsLostUnderATaskByALivingProcessAreNoCrashes() {
    for (int returns = 0; returns < 3; returns++) {
      Link link = link(true);
      deliver(link, 1, task("a", 1, returns));
      link.end();
      link.end(); // the client tells more than once
    }

    assertThat(crashes(task("a", 1, 3))).isZero();
    assertThat(crashes(task("a", 1, 4))).as("another process died").isEqualTo(1);
    assertThat(crashes(task("a", 2, 3))).as("counted anew at each attempt").isEqualTo(3);
    assertThat(crashes(task("b", 1, 3))).isEqualTo(3);
  }

  @Test
  void whatWasSettledOrGivenBackWasNotLost() throws Exception {
    Link link = link(true);
    deliver(link, 1, task("settled", 1, 0));
    deliver(link, 2, task("given back", 1, 0));
    link.settled(arrived.get(0));

    link.release("q");

    assertThat(calls).contains("basicNack[0, true, true]");
    assertThat(link.alive()).isFalse();
    assertThat(crashes(task("settled", 1, 1))).isEqualTo(1);
    assertThat(crashes(task("given back", 1, 1))).isEqualTo(1);
  }

  @Test
  void whatArrivesAfterTheEndIsHandedToNobodyAndWasLost() {
    Link link = link(true);
    link.end();

    deliver(link, 1, task("late", 1, 0));

    assertThat(arrived).isEmpty();
    assertThat(crashes(task("late", 1, 1))).isZero();
  }

  @Test
  void whereGivingBackCountsTooOrTheTaskHasNoIdNothingIsTakenForACrash() {
    Arrival old = new Arrival(link(false), head(1), task("a", 1, 19), new byte[0]);

    assertThat(old.link().crashes(old)).isZero();
    assertThat(crashes(task(null, 1, 19))).isZero();
  }

  @Test
  void aNewConsumerBeginsOnlyWhenNothingOfTheOneBeforeIsLeft() throws Exception {
    Link link = link(true);
    link.consume(true, "q");
    deliver(link, 1, task("a", 1, 0));
    link.consume(false, "q");
    link.consume(true, "q");
    link.handleCancelOk("tag");
    link.consume(true, "q");
    assertThat(calls).as("one is unsettled").filteredOn(LinkTest::isConsume).hasSize(1);

    link.settled(arrived.get(0));
    link.consume(true, "q");

    assertThat(calls).filteredOn(LinkTest::isConsume).hasSize(2);
  }

  @Test
  void aNewConsumerWaitsForWhatTheOneBeforeMayStillBring() throws IOException {
    Link link = link(true);
    link.consume(true, "q");
    link.consume(false, "q");

    link.consume(true, "q");

    assertThat(link.idle()).isFalse();
    assertThat(calls).filteredOn(LinkTest::isConsume).hasSize(1);
  }

  private static boolean isConsume(String call) {
    return call.startsWith("basicConsume");
  }

  private int crashes(BasicProperties properties) {
    Arrival arrival = new Arrival(link(true), head(1), properties, new byte[0]);
    return arrival.link().crashes(arrival);
  }

  private Link link(boolean tellsCrashes) {
    return new Link(channel(), tellsCrashes, losses, arrived::add, () -> {});
  }

  private static void deliver(Link link, long tag, BasicProperties properties) {
    link.handleDelivery("tag", head(tag), properties, new byte[0]);
  }

  private static Envelope head(long tag) {
    return new Envelope(tag, true, "e", "k");
  }

  private static BasicProperties task(String id, int attempt, int returns) {
    return new BasicProperties.Builder()
        .messageId(id)
        .headers(Map.of("comms-attempt", attempt, "x-delivery-count", returns))
        .build();
  }

  private Channel channel() {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (proxy, method, arguments) -> {
              calls.add(method.getName() + Arrays.toString(arguments));
              return method.getReturnType() == String.class ? "tag" : null;
            });
  }
}
