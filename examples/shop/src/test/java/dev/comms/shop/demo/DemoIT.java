package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.comms.testkit.brokers.Brokers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole flow on real brokers, and that the proof can fail. */
@Timeout(240)
class DemoIT {
  private static final DemoBrokers.Wish RABBIT = new DemoBrokers.Wish(true, false);
  private static final DemoBrokers.Wish REDIS = new DemoBrokers.Wish(false, false);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void tenOrdersEndAsTheyShouldAndEveryCountIsBackedByIds() throws Exception {
    assertThat(run(10, Duration.ZERO, RABBIT, brokers -> {})).as(text(err)).isTrue();

    JsonNode report = report();
    assertThat(report.path("ok").booleanValue()).isTrue();
    assertThat(report.path("lost").intValue()).isZero();
    assertThat(report.path("duplicateEffects").intValue()).isZero();
    assertThat(report.path("transports").path("tasks").stringValue())
        .isEqualTo("rabbitmq " + Brokers.shared().rabbit().version());
    assertTroubleOfTen(report);
    assertKeys(report);
  }

  @Test
  void withoutRabbitTheTasksRunOnRedisStreamsAndOneLineSaysSo() throws Exception {
    assertThat(run(10, Duration.ZERO, REDIS, brokers -> {})).as(text(err)).isTrue();

    JsonNode report = report();
    assertThat(report.path("transports").path("tasks").stringValue()).startsWith("redis-streams ");
    assertThat(report.path("skipped").get(0).stringValue()).startsWith("rabbitmq");
    assertThat(text(err).lines().filter(line -> line.contains("rabbitmq-server"))).hasSize(1);
    assertTroubleOfTen(report);
  }

  @Test
  void brokersThatTheEnvironmentNamesAreUsedAndNothingIsLeftOnThem() throws Exception {
    AtomicReference<DemoBrokers> used = new AtomicReference<>();
    AtomicReference<List<Integer>> during = new AtomicReference<>();
    Brokers running = Brokers.shared();
    Map<String, String> environment =
        Map.of(
            "COMMS_KAFKA_SERVERS", running.kafka().address(),
            "COMMS_REDIS_URI", running.redis().address(),
            "COMMS_RABBIT_URI", running.rabbit().address(),
            "COMMS_JDBC_URL", running.postgres().address());

    boolean ok =
        run(
            options(5, Duration.ZERO),
            new Demo.Setting(
                () -> Brokers.open(environment),
                DemoBrokers.Wish.USUAL,
                brokers -> {
                  used.set(brokers);
                  during.set(Named.on(brokers).stream().map(Set::size).toList());
                }));

    assertThat(ok).as(text(err)).isTrue();
    assertThat(report().path("brokers"))
        .allMatch(b -> b.path("origin").stringValue().startsWith("COMMS_"));
    assertThat(during.get()).hasSize(4).allMatch(names -> names > 0);
    assertThat(Named.on(used.get())).allMatch(Set::isEmpty);
    assertThat(text(err)).doesNotContain("left on");
  }

  @Test
  void whatSomebodyPurgesFromTheWorkQueueIsLostAndTheRunFails() throws Exception {
    AtomicReference<CompletableFuture<Integer>> purged = new AtomicReference<>();

    boolean ok =
        run(
            24,
            Duration.ofSeconds(1),
            RABBIT,
            brokers -> purged.set(CompletableFuture.supplyAsync(() -> purge(brokers))));

    assertThat(ok).isFalse();
    JsonNode report = report();
    assertThat(report.path("ok").booleanValue()).isFalse();
    assertThat(report.path("lost").intValue()).isEqualTo(purged.get().join()).isPositive();
    assertSum(report);
  }

  /** From outside, with nothing but AMQP, once some tasks wait. */
  private static int purge(DemoBrokers brokers) {
    ConnectionFactory factory = new ConnectionFactory();
    try {
      factory.setUri(brokers.rabbitUri());
      try (Connection connection = factory.newConnection("purger");
          Channel channel = connection.createChannel()) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(50))
            .until(() -> channel.messageCount(brokers.workQueue()) >= 5);
        return channel.queuePurge(brokers.workQueue()).getMessageCount();
      }
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private boolean run(
      int orders, Duration delay, DemoBrokers.Wish wish, Consumer<DemoBrokers> whenUp)
      throws Exception {
    return run(options(orders, delay), new Demo.Setting(Brokers::shared, wish, whenUp));
  }

  private static DemoOptions options(int orders, Duration delay) {
    return new DemoOptions(orders, delay, false, true, 1, 0);
  }

  private boolean run(DemoOptions options, Demo.Setting setting) throws Exception {
    try (PrintStream report = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream progress = new PrintStream(err, true, StandardCharsets.UTF_8);
        Demo demo = new Demo(options, setting, report, progress, false)) {
      return demo.run();
    }
  }

  private JsonNode report() {
    assertThat(text(out).lines()).as("one line, which is the report").hasSize(1);
    return JsonMapper.builder().build().readTree(text(out));
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** One comes too late for the last pieces, one is paid at the second attempt, and so on. */
  private static void assertTroubleOfTen(JsonNode report) {
    assertThat(report.path("refusedAtGateway").intValue()).isEqualTo(1);
    assertThat(report.path("accepted").intValue()).isEqualTo(9);
    assertThat(report.path("completed").intValue()).isEqualTo(7);
    assertThat(report.path("rejected").intValue()).isEqualTo(1);
    assertThat(report.path("deadLettered").intValue()).isEqualTo(1);
    assertThat(report.path("paymentRetries").intValue()).isEqualTo(1);
    assertThat(report.path("emails").intValue()).isEqualTo(7);
    assertThat(report.path("analyticsEvents").intValue()).isEqualTo(7);
    assertThat(report.path("recommendations").intValue()).isEqualTo(7);
    assertThat(report.path("notifications").intValue()).isEqualTo(8);
    assertSum(report);
  }

  private static void assertSum(JsonNode report) {
    int ended =
        report.path("completed").intValue()
            + report.path("rejected").intValue()
            + report.path("deadLettered").intValue()
            + report.path("lost").intValue();
    assertThat(report.path("accepted").intValue()).isEqualTo(ended);
  }

  private static void assertKeys(JsonNode report) {
    assertThat(report.propertyNames())
        .contains(
            "command",
            "commit",
            "ok",
            "seconds",
            "seed",
            "orders",
            "transports",
            "endpoints",
            "brokers",
            "skipped",
            "evidence");
    assertThat(report.path("transports").path("events").stringValue()).startsWith("kafka ");
    assertThat(report.path("transports").path("notifications").stringValue()).startsWith("redis ");
    assertThat(report.path("endpoints").path("gateway").stringValue()).startsWith("http://");
  }
}
