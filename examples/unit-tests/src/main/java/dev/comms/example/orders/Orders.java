package dev.comms.example.orders;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.comms.Calls;
import dev.comms.Events;
import dev.comms.Submit;
import dev.comms.Tasks;
import dev.comms.contract.Call;
import dev.comms.contract.Event;
import dev.comms.contract.Task;

/** Takes orders: asks the stock, tells the world, and reminds the customer to review. */
public final class Orders {
  static final Call<String, Integer> STOCK =
      Call.named("stock", Texts.TEXT, Texts.NUMBER).answeredWithin(ofMillis(300));
  static final Task<String> REVIEW_MAIL =
      Task.named("mail.review", Texts.TEXT).eachAttemptWithin(ofSeconds(30));
  static final Event<String> ORDERED =
      Event.named("ordered", Texts.TEXT).handledWithin(ofSeconds(10)).keyedBy(item -> item);

  private final Calls calls;
  private final Tasks tasks;
  private final Events events;

  /** A service that talks over these. */
  public Orders(Calls calls, Tasks tasks, Events events) {
    this.calls = calls;
    this.tasks = tasks;
    this.events = events;
  }

  /** Orders an item; returns whether there was one. */
  public boolean order(String item) {
    if (calls.call(STOCK, item) < 1) {
      return false;
    }
    events.publish(ORDERED, item);
    tasks.submit(REVIEW_MAIL, item, Submit.after(ofMinutes(10)));
    return true;
  }
}
