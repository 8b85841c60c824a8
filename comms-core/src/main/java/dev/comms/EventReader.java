package dev.comms;

import dev.comms.Setting.Kind;
import dev.comms.contract.CommsException;
import dev.comms.contract.Event;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Steps;
import dev.comms.spi.Ability;
import dev.comms.spi.Delivery;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Handles events of one group, under all their names: in order per key, retried in place. */
final class EventReader extends Receiver {
  /** How many deliveries may wait per key that is handled at a time, so that keys can be many. */
  private static final int SLOTS_PER_LANE = 64;

  /** More than any broker's window. */
  private static final int MOST_SLOTS = 60_000;

  private final EventTransport transport;
  private final Group group;
  private final int each;
  private final int slots;
  private final Map<Event<?>, Lane.Line> lines = new LinkedHashMap<>();

  EventReader(Engine engine, EventTransport transport, Group group, List<On<?>> all) {
    super(engine, name(group, all.get(0).event()), extent(engine, group, all.get(0).event(), null));
    this.transport = transport;
    this.group = group;
    this.each = 1;
    this.slots = Math.min(MOST_SLOTS, concurrency * SLOTS_PER_LANE);
    all.forEach(this::add);
  }

  private <T> void add(On<T> on) {
    Event<T> event = on.event();
    Lane.Line line = line(steps(event), Verb.HANDLE, group.name(), Terms.of(event), on.handler());
    if (lines.put(event, line) != null) {
      throw new CommsException.Misconfigured(
          Events.name(event, group), "is named twice; name each event once");
    }
  }

  <T> EventReader(
      Engine engine,
      EventTransport transport,
      Group group,
      Event<T> event,
      Batch batch,
      Batch.Work<T> handler) {
    super(engine, name(group, event), extent(engine, group, event, batch));
    this.transport = transport;
    this.group = group;
    this.each = batch.most();
    long held = Math.max(SLOTS_PER_LANE, 2L * each);
    this.slots = (int) Math.min(MOST_SLOTS, concurrency * held);
    lines.put(event, batches(steps(event), Verb.HANDLE, group.name(), Terms.of(event), handler));
  }

  private static String name(Group group, Event<?> first) {
    return "comms-event-" + first.name() + "-" + group.name();
  }

  private static Extent extent(Engine engine, Group group, Event<?> first, @Nullable Batch batch) {
    int atATime =
        engine.settings.concurrency(Kind.EVENT, subject(group, first), group.concurrency());
    return new Extent(atATime, group.executor(), group.perSecond(), batch);
  }

  private static String subject(Group group, Event<?> event) {
    return event.name() + "@" + group.name();
  }

  @Override
  public List<Settable> settable() {
    return lines.keySet().stream()
        .map(event -> new Settable(event, subject(group, event)))
        .toList();
  }

  @Override
  public List<String> others() {
    List<String> names = new ArrayList<>();
    lines.forEach(
        (event, line) -> {
          names.add(Events.name(event, group));
          event.aliases().forEach(former -> names.add(Events.name(event.as(former), group)));
        });
    // The first stands for the whole.
    names.remove(0);
    return names;
  }

  @Override
  public int declared() {
    return group.concurrency();
  }

  @Override
  public int most() {
    return Math.max(1, slots / each);
  }

  private Steps steps(Event<?> event) {
    return new Steps(engine.place(group.name(), transport), Verb.HANDLE, event);
  }

  @Override
  List<Supplier<Subscription>> subscriptions() {
    Start start = group.start().resolved(engine.time.now());
    Subscriber subscriber = new Subscriber(group.name(), start);
    List<Supplier<Subscription>> all = new ArrayList<>();
    lines.forEach(
        (event, line) -> {
          if (start.isMoment() && !transport.abilities().contains(Ability.START_AT)) {
            throw Ability.START_AT.refused(event.name(), transport.system());
          }
          Event<?> now = engine.effective(event);
          all.add(() -> subscribe(now, line, subscriber));
          for (String former : event.aliases()) {
            all.add(() -> subscribe(now.as(former), line, subscriber));
          }
        });
    return all;
  }

  private Subscription subscribe(Event<?> event, Lane.Line line, Subscriber subscriber) {
    return transport.subscribe(
        List.of(event), subscriber, slots, delivery -> lanes.add(new Attempts(line, delivery)));
  }

  /** One event through all its attempts, in place: its followers wait behind it. */
  private static final class Attempts extends Lane {
    private final Line line;
    private final @Nullable String key;
    // Written by one attempt before the next begins.
    private volatile int attempt = 1;

    Attempts(Line line, Delivery delivery) {
      super(line, delivery);
      this.line = line;
      this.key = delivery.envelope().key();
    }

    @Override
    public @Nullable String key() {
      return key;
    }

    @Override
    int attempt() {
      return attempt;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one attempt at a time writes it
    void retry(Duration pause, CommsException failure) {
      attempt++;
      line.resting().rest(this, pause, () -> line.lanes().resume(this));
    }
  }
}
