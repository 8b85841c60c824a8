package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health.State;
import dev.comms.spi.Order;
import dev.comms.spi.TaskDelivery;
import dev.comms.testkit.proxy.FaultProxy;
import dev.comms.testkit.proxy.NetworkFault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wires that break, queues that vanish, brokers that refuse. */
class RabbitFaultsIT {
  private TestService service;
  private FaultProxy wire;

  @BeforeEach
  void open() throws Exception {
    service = new TestService();
    URI broker = URI.create(service.address);
    wire = FaultProxy.to(broker.getHost(), broker.getPort());
  }

  @AfterEach
  void close() throws Exception {
    service.close();
    wire.close();
  }

  /** The broker's address by way of the wire. */
  private String byWire() {
    URI broker = URI.create(service.address);
    return service.address.replace(broker.getHost() + ":" + broker.getPort(), wire.address());
  }

  @Test
  void connectionsCutInMidPublishLoseNothingConfirmed() throws Exception {
    RabbitTransport sender = service.attach(byWire());
    service.get(service.submit(sender, service.message("first")));
    Set<String> confirmed = ConcurrentHashMap.newKeySet();
    AtomicInteger ended = new AtomicInteger();
    List<CompletableFuture<Void>> results =
        IntStream.range(0, 4_000).mapToObj(i -> submitted(sender, confirmed, ended)).toList();
    for (int cut = 1; cut <= 3; cut++) {
      int reached = cut * 700;
      await().atMost(TestService.LONG).until(() -> ended.get() >= reached);
      wire.resetAll();
    }
    results.forEach(each -> service.failureOrNull(each));

    Set<String> handled = handledBy(service.attach());
    assertThat(wire.accepted()).isGreaterThan(2);
    assertThat(confirmed).as("sent again in time").hasSize(4_000);
    await()
        .atMost(TestService.LONG)
        .untilAsserted(() -> assertThat(handled).containsAll(confirmed));
  }

  @Test
  void aConsumerGoesOnWhenItsConnectionWasCutAndWhatItHeldComesAgain() throws Exception {
    RabbitTransport worker = service.attach(byWire());
    RabbitTransport sender = service.attach();
    BlockingQueue<TaskDelivery> inbox = service.work(worker, 1);
    service.get(service.submit(sender, service.message("held")));
    TaskDelivery held = TestService.next(inbox);

    wire.resetAll();
    TaskDelivery again = TestService.next(inbox);
    service.get(held.done());

    assertThat(TestService.text(again)).isEqualTo("held");
    assertThat(again.crashes()).isZero();
    assertThat(held.revoked()).isTrue();
    assertThat(again.revoked()).isFalse();
    assertThat(again.attempt()).isEqualTo(1);
    assertThat(service.meters.get("comms.settle.void").counter().count()).isEqualTo(1);
    service.get(again.done());
    service.get(service.submit(sender, service.message("next")));
    assertThat(TestService.text(TestService.next(inbox))).isEqualTo("next");
    await().atMost(TestService.LONG).until(() -> worker.health().state() == State.UP);
  }

  @Test
  void threeCutsUnderATaskAreNoCrashesOfItsConsumer() throws Exception {
    RabbitTransport worker = service.attach(byWire());
    BlockingQueue<TaskDelivery> inbox = service.work(worker, 1);
    service.get(service.submit(service.attach(), service.message("held")));
    for (int cut = 1; cut <= 3; cut++) {
      TestService.next(inbox);
      wire.resetAll();
    }

    TaskDelivery again = TestService.next(inbox);

    assertThat(again.crashes()).isZero();
    service.get(again.done());
  }

  @Test
  void whileTheBrokerIsAwaySubmittingFailsInTimeAndHealthSaysSo() {
    RabbitTransport sender = service.attach(byWire());
    wire.apply(NetworkFault.refuse());
    wire.resetAll();
    await().atMost(TestService.LONG).until(() -> sender.health().state() == State.DOWN);

    CommsException refused =
        service.failure(
            sender.submit(
                TestService.TASK,
                service.message("nowhere to go"),
                Order.NOW,
                service.in(Duration.ofMillis(300))));

    assertThat(refused).isInstanceOf(CommsException.Unavailable.class);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    assertThat(refused).hasMessageContaining("no connection to 127.0.0.1");
    wire.heal();
    service.get(service.submit(sender, service.message("back again")));
    await().atMost(TestService.LONG).until(() -> sender.health().state() == State.UP);
  }

  @Test
  void aConsumerWhoseQueueWasDeletedDeclaresItAnewAndGoesOn() throws Exception {
    RabbitTransport transport = service.attach();
    BlockingQueue<TaskDelivery> inbox = service.work(transport, 1);
    service.get(service.submit(transport, service.message("before")));
    service.get(TestService.next(inbox).done());
    Channel client = service.client();
    String queue = service.topology.queue(TestService.TASK.name());

    client.queueDelete(queue);

    await()
        .atMost(TestService.LONG)
        .ignoreExceptions()
        .until(() -> service.client().queueDeclarePassive(queue).getConsumerCount() == 1);
    service.get(service.submit(transport, service.message("after")));
    assertThat(TestService.text(TestService.next(inbox))).isEqualTo("after");
  }

  @Test
  void aTaskThatNoQueueTakesIsUnroutableAndTheNextDeclaresItAnew() throws Exception {
    RabbitTransport transport = service.attach();
    service.get(service.submit(transport, service.message("first")));
    String queue = service.topology.queue(TestService.TASK.name());
    service.client().queueUnbind(queue, service.topology.tasks(), TestService.TASK.name());

    CommsException refused = service.failure(service.submit(transport, service.message("lost?")));

    assertThat(refused).isInstanceOf(CommsException.Unroutable.class);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    assertThat(refused).hasMessageContaining("mail.send").hasMessageContaining("NO_ROUTE");
    service.get(service.submit(transport, service.message("next")));
  }

  @Test
  void aQueueWithOtherArgumentsIsNamedWithTheFix() throws Exception {
    RabbitTransport transport = service.attach();
    String queue = service.topology.queue(TestService.TASK.name());
    service.client().queueDeclare(queue, true, false, false, null);

    CommsException refused = service.failure(service.submit(transport, service.message("no")));
    Throwable atWork =
        catchThrowable(() -> transport.work(TestService.TASK, 1, TaskDelivery::done));

    for (Throwable each : new Throwable[] {refused, atWork}) {
      assertThat(each)
          .isInstanceOf(CommsException.Misconfigured.class)
          .hasMessageContaining("queue '" + queue + "'")
          .hasMessageContaining("delete it when it is empty");
    }
  }

  @Test
  void nobodyAtTheAddressIsUnavailableAndAWrongPasswordMisconfigured() {
    CommsException nobody =
        service.failure(
            service.own(service.transport("amqp://127.0.0.1:1")).attach(service.host()));
    String wrong = service.address.replaceFirst("//([^@/]*@)?", "//guest:s3cret@");
    CommsException stranger =
        service.failure(service.own(service.transport(wrong)).attach(service.host()));

    assertThat(nobody)
        .isInstanceOf(CommsException.Unavailable.class)
        .hasMessageContaining("127.0.0.1:1")
        .hasMessageContaining("is it running?");
    assertThat(stranger)
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("refused the user")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void afterTheEndNoThreadOfOursIsLeft() {
    RabbitTransport transport = service.transport(service.address);
    service.get(transport.attach(service.host()));
    transport.work(TestService.TASK, 1, TaskDelivery::done);
    assertThat(threads()).isNotEmpty();

    transport.close();

    await().atMost(TestService.LONG).untilAsserted(() -> assertThat(threads()).isEmpty());
  }

  @Test
  void aTransportThatDrainsFinishesWhatItHasAndRefusesTheNew() throws Exception {
    RabbitTransport transport = service.attach();
    BlockingQueue<TaskDelivery> inbox = new LinkedBlockingQueue<>(10);
    service.own(transport.work(TestService.TASK, 1, inbox::add));
    service.get(service.submit(transport, service.message("running")));
    TaskDelivery running = TestService.next(inbox);

    CompletableFuture<Void> drained = transport.drain(service.in(TestService.LONG));
    service.get(running.retry(Duration.ofSeconds(1), TestService.BROKE));
    service.get(drained);

    CommsException refused = service.failure(service.submit(transport, service.message("late")));
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    assertThat(inbox).isEmpty();
  }

  private CompletableFuture<Void> submitted(
      RabbitTransport sender, Set<String> confirmed, AtomicInteger ended) {
    Envelope message = service.message("task");
    return service
        .submit(sender, message)
        .whenComplete(
            (done, failure) -> {
              ended.incrementAndGet();
              if (failure == null) {
                confirmed.add(message.id());
              }
            });
  }

  private Set<String> handledBy(RabbitTransport worker) {
    Set<String> handled = ConcurrentHashMap.newKeySet();
    service.own(
        worker.work(
            TestService.TASK,
            100,
            delivery -> {
              handled.add(delivery.envelope().id());
              delivery.done();
            }));
    return handled;
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("comms-rabbit") || name.startsWith("AMQP"))
        .toList();
  }
}
