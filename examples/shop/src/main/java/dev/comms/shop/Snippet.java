package dev.comms.shop;

import static dev.comms.codec.Json.json;
import static dev.comms.spi.EventTransport.Start.EARLIEST;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.Group;
import dev.comms.Submit;
import dev.comms.Tasks;
import dev.comms.Workers;
import dev.comms.contract.Call;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import dev.comms.grpc.GrpcCall;
import dev.comms.grpc.GrpcTransport;
import dev.comms.kafka.KafkaTransport;
import dev.comms.rabbit.RabbitTransport;
import dev.comms.shop.contracts.SendEmail;
import dev.comms.shop.contracts.UserActivity;
import dev.comms.shop.inventory.v1.CheckStockRequest;
import dev.comms.shop.inventory.v1.CheckStockResponse;
import dev.comms.shop.inventory.v1.InventoryServiceGrpc;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;

/** The three verbs in one place: what the README shows, compiled with everything else. */
@SuppressWarnings("UnusedVariable") // it shows that there is an answer
final class Snippet {
  private Snippet() {}

  // tag::readme[]
  static final Call<CheckStockRequest, CheckStockResponse> CHECK_STOCK =
      GrpcCall.unary(InventoryServiceGrpc.getCheckStockMethod()).answeredWithin(ofMillis(300));
  static final Task<SendEmail> SEND_EMAIL =
      Task.named("mail.send", json(SendEmail.class)).eachAttemptWithin(ofSeconds(30)).attempts(5);
  static final Event<UserActivity> USER_ACTIVITY =
      Event.named("user.activity", json(UserActivity.class))
          .handledWithin(ofSeconds(10))
          .keyedBy(UserActivity::userId);

  static void run(Places at, MeterRegistry meters, Smtp smtp, Consumer<UserActivity> dashboard) {
    try (Comms comms = Comms.service("orders", meters).build()) {
      Calls inventory = comms.calls(GrpcTransport.to("dns:///inventory:50051").plaintext());
      Tasks tasks = comms.tasks(RabbitTransport.at(at.rabbit()).confirmedWithin(ofSeconds(5)));
      Events events = comms.events(KafkaTransport.at(at.kafka()).confirmedWithin(ofSeconds(5)));

      tasks.handle(SEND_EMAIL, Workers.of(8), (email, context) -> smtp.send(email));
      events.handle(
          USER_ACTIVITY,
          Group.named("analytics").startsAt(EARLIEST),
          (activity, context) -> dashboard.accept(activity));
      comms.start(); // only now does it connect and consume

      CheckStockRequest one = CheckStockRequest.newBuilder().setProductId(7).setQuantity(1).build();
      CheckStockResponse stock = inventory.call(CHECK_STOCK, one); // the answer, now
      SendEmail mail = new SendEmail("o-1", "ada@example.org", "Ada", "Thanks", "It is paid.");
      tasks.submit(SEND_EMAIL, mail); // returns once the broker has it
      tasks.submit(SEND_EMAIL, mail, Submit.after(ofMinutes(10)));
      events.publish(USER_ACTIVITY, new UserActivity("ada", "purchase", "o-1", 7, 1, 995));
    }
  }

  // end::readme[]

  /** Where the brokers are. */
  record Places(String rabbit, String kafka) {}

  /** Sends mail. */
  interface Smtp {
    void send(SendEmail email) throws Exception;
  }
}
