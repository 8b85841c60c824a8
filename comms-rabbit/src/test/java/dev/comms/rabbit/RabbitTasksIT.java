package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import dev.comms.contract.CommsException;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What RabbitMQ in particular must get right, on a broker without faults. */
class RabbitTasksIT {
  private TestService service;
  private RabbitTransport transport;

  @BeforeEach
  void open() {
    service = new TestService();
    transport = service.attach();
  }

  @AfterEach
  void close() throws Exception {
    service.close();
  }

  @Test
  void twentyThousandTasksSubmittedAtOnceAreAllConfirmedAndHandledOnce() {
    Set<String> handled = ConcurrentHashMap.newKeySet();
    AtomicInteger deliveries = new AtomicInteger();
    service.own(
        transport.work(
            TestService.TASK,
            200,
            delivery -> {
              deliveries.incrementAndGet();
              handled.add(delivery.envelope().id());
              delivery.done();
            }));

    List<Envelope> sent =
        IntStream.range(0, 20_000).mapToObj(i -> service.message("task " + i)).toList();
    CompletableFuture<?>[] confirms =
        sent.stream()
            .map(
                each ->
                    transport.submit(
                        TestService.TASK, each, Order.NOW, service.in(TestService.LONG)))
            .toArray(CompletableFuture[]::new);

    service.get(CompletableFuture.allOf(confirms));
    await().atMost(TestService.LONG).until(() -> handled.size() == 20_000);
    assertThat(sent).allMatch(each -> handled.contains(each.id()));
    assertThat(deliveries).hasValue(20_000);
  }

  @Test
  void whatIsPurgedIsGoneAndTheRestIsHandled() throws Exception {
    for (int i = 0; i < 10; i++) {
      service.get(service.submit(transport, service.message("purged " + i)));
    }
    String queue = service.topology.queue(TestService.TASK.name());

    int purged = service.client().queuePurge(queue).getMessageCount();
    service.get(service.submit(transport, service.message("kept")));

    assertThat(purged).isEqualTo(10);
    BlockingQueue<TaskDelivery> inbox = service.work(transport, 20);
    assertThat(TestService.text(TestService.next(inbox))).isEqualTo("kept");
    assertThat(inbox).isEmpty();
    assertThat(service.get(transport.deadTasks(TestService.TASK).count())).isZero();
  }

  @Test
  void aDeadLetterOnTheWireTellsWhatHappenedAndKeepsItsBytes() throws Exception {
    BlockingQueue<TaskDelivery> inbox = service.work(transport, 1);
    service.get(service.submit(transport, service.message("{not json").header("tenant", "blue")));
    service.get(TestService.next(inbox).retry(Duration.ZERO, TestService.BROKE));

    service.get(TestService.next(inbox).deadLetter("attempts", TestService.BROKE));

    String dlq = service.topology.dlq(TestService.TASK.name());
    GetResponse letter =
        await().until(() -> service.client().basicGet(dlq, true), got -> got != null);
    assertThat(new String(letter.getBody(), StandardCharsets.UTF_8)).isEqualTo("{not json");
    assertThat(letter.getProps().getType()).isEqualTo("mail.send");
    assertThat(letter.getProps().getDeliveryMode()).isEqualTo(2);
    Map<String, Object> headers = letter.getProps().getHeaders();
    assertThat(headers).extractingByKey("tenant").hasToString("blue");
    assertThat(headers).containsEntry("comms-attempt", 2);
    assertThat(headers).extractingByKey("comms-error-reason").hasToString("attempts");
    assertThat(headers).extractingByKey("comms-error-class").hasToString("FAILED");
    assertThat(headers)
        .extractingByKey("comms-error-message")
        .hasToString("the printer is on fire");
    assertThat(headers.get("comms-error-stack").toString())
        .contains("IllegalStateException: no paper")
        .hasSizeLessThanOrEqualTo(8_192);
    assertThat(headers).containsKeys("comms-error-at", "comms-error-host");
    assertThat(headers.keySet()).noneMatch(name -> name.startsWith("x-death"));
  }

  @Test
  void aMessageOfAnyClientWithABodyAndAContentTypeIsATask() throws Exception {
    BlockingQueue<TaskDelivery> inbox = service.work(transport, 1);
    Channel client = service.client();
    BasicProperties foreign =
        new BasicProperties.Builder()
            .contentType("application/json")
            .headers(Map.of("Count", 7, "comms-attempt", "soon"))
            .build();

    client.basicPublish(
        service.topology.tasks(),
        "mail.send",
        true,
        foreign,
        "{}".getBytes(StandardCharsets.UTF_8));

    TaskDelivery first = TestService.next(inbox);
    assertThat(first.attempt()).isEqualTo(1);
    assertThat(first.envelope().id()).isNotEmpty();
    assertThat(first.envelope().contentType()).isEqualTo("application/json");
    assertThat(first.envelope().headers()).containsEntry("count", "7");
    service.get(first.retry(Duration.ZERO, TestService.BROKE));
    TaskDelivery second = TestService.next(inbox);
    assertThat(second.envelope().id()).isEqualTo(first.envelope().id());
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(TestService.text(second)).isEqualTo("{}");
  }

  @Test
  void aConsumerThatIsClosedGivesBackWhatItHasAndThatIsNoCrash() throws Exception {
    service.get(service.submit(transport, service.message("in the way of a deploy")));
    for (int deploy = 1; deploy <= 3; deploy++) {
      BlockingQueue<TaskDelivery> ending = new LinkedBlockingQueue<>(10);
      Subscription subscription = transport.work(TestService.TASK, 1, ending::add);
      TestService.next(ending);
      subscription.close();
    }

    TaskDelivery again = TestService.next(service.work(transport, 1));

    assertThat(again.crashes()).isZero();
    service.get(again.done());
  }

  @Test
  void pausingAndResumingNeverGivesMoreThanTheSlots() throws Exception {
    for (int i = 0; i < 10; i++) {
      service.get(service.submit(transport, service.message("task " + i)));
    }
    BlockingQueue<TaskDelivery> inbox = new LinkedBlockingQueue<>(100);
    Subscription subscription = service.own(transport.work(TestService.TASK, 2, inbox::add));
    TaskDelivery first = TestService.next(inbox);
    TaskDelivery second = TestService.next(inbox);
    subscription.pause();
    awaitConsuming(subscription, false);
    subscription.resume();

    assertThat(inbox.poll(1, TimeUnit.SECONDS)).as("two are unsettled").isNull();
    service.get(first.done());
    assertThat(inbox.poll(1, TimeUnit.SECONDS)).as("one is unsettled").isNull();
    service.get(second.done());
    awaitConsuming(subscription, true);
    for (int i = 2; i < 10; i++) {
      service.get(TestService.next(inbox).done());
    }
  }

  private static void awaitConsuming(Subscription subscription, boolean wanted) {
    await()
        .atMost(TestService.LONG)
        .until(
            () -> subscription.health().parts().get(0).facts(),
            facts -> facts.get("consuming").equals(String.valueOf(wanted)));
  }

  @Test
  void aDelayOfSeveralLevelsComesOnTime() throws Exception {
    BlockingQueue<TaskDelivery> inbox = service.work(transport, 1);
    service.get(service.submit(transport, service.message("warm up")));
    service.get(TestService.next(inbox).done());
    long begun = service.time.nanos();

    service.get(
        transport.submit(
            TestService.TASK,
            service.message("later"),
            new Order(Duration.ofSeconds(5)),
            service.in(TestService.LONG)));

    TestService.next(inbox);
    assertThat(Duration.ofNanos(service.time.nanos() - begun))
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(20));
  }

  @Test
  void aDelayBeyondTheLevelsIsRefusedBeforeAnythingIsSent() {
    CommsException refused =
        service.failure(
            transport.submit(
                TestService.TASK,
                service.message("next year"),
                new Order(Duration.ofDays(1)),
                service.in(TestService.LONG)));

    assertThat(refused)
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("PT18H12M15S");
  }

  @Test
  void healthNamesTheConnectionsAndTheConsumerAndNoSecret() {
    service.work(transport, 3);

    assertThat(transport.health().parts())
        .extracting(part -> part.name() + " " + part.state())
        .containsExactly("publish connection UP", "consume connection UP", "consumer mail.send UP");
    assertThat(transport.health().parts().get(2).facts())
        .containsEntry("queue", service.topology.queue("mail.send"))
        .containsEntry("slots", "3");
    assertThat(transport.health().toString()).doesNotContain("guest", "amqp://");
    assertThat(service.meters.get("comms.rabbitmq.publish.connected").gauge().value()).isEqualTo(1);
    assertThat(service.meters.get("comms.rabbitmq.unconfirmed").gauge().value()).isZero();
  }
}
