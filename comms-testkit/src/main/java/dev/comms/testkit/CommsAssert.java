package dev.comms.testkit;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.Contract;
import dev.comms.contract.Event;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Task;
import dev.comms.testkit.Journal.Entry;
import dev.comms.testkit.Journal.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.AbstractAssert;

/**
 * What was sent and handled. Each of these begins with at least one such message, and {@link
 * MessagesAssert} says more of them; a failure shows all that happened.
 */
public class CommsAssert extends AbstractAssert<CommsAssert, TestComms> {
  private static final Set<Step> SENT =
      Set.of(Step.SUBMITTED, Step.PUBLISHED, Step.CALLED, Step.DEAD_LETTERED);

  private final List<MessagesAssert<?>> said;

  CommsAssert(TestComms comms) {
    this(comms, new ArrayList<>());
  }

  CommsAssert(TestComms comms, List<MessagesAssert<?>> said) {
    super(comms, CommsAssert.class);
    this.said = said;
  }

  /** The broker got such a task. */
  public final <T> MessagesAssert<T> submitted(Task<T> task) {
    return messages(Step.SUBMITTED, task, task.codec());
  }

  /** The broker got such an event. */
  public final <T> MessagesAssert<T> published(Event<T> event) {
    return messages(Step.PUBLISHED, event, event.codec());
  }

  /** Somebody called; a call that was tried again is one. */
  public final <Q> MessagesAssert<Q> called(Call<Q, ?> call) {
    return messages(Step.CALLED, call, call.request());
  }

  /**
   * Somebody opened such a stream; an opening that was tried again is one. The payload is that of
   * the opening: of an upload or a dialogue it is empty.
   */
  public final <Q> MessagesAssert<Q> called(StreamCall<Q, ?> stream) {
    return messages(Step.CALLED, stream, stream.request());
  }

  /** A handler has done such a task, and its broker knows. */
  public final <T> MessagesAssert<T> handled(Task<T> task) {
    return messages(Step.HANDLED, task, task.codec());
  }

  /** A group has handled such an event, and its broker knows. */
  public final <T> MessagesAssert<T> handled(Event<T> event) {
    return messages(Step.HANDLED, event, event.codec());
  }

  /** Such a task was given up. */
  public final <T> MessagesAssert<T> deadLettered(Task<T> task) {
    return messages(Step.DEAD_LETTERED, task, task.codec());
  }

  /** A group gave up such an event. */
  public final <T> MessagesAssert<T> deadLettered(Event<T> event) {
    return messages(Step.DEAD_LETTERED, event, event.codec());
  }

  /** Nobody submitted, published or called this. */
  public final CommsAssert neverSent(Contract contract) {
    return none(contract, Set.of(Step.SUBMITTED, Step.PUBLISHED, Step.CALLED), "sent");
  }

  /** No handler has done this. */
  public final CommsAssert neverHandled(Contract contract) {
    return none(contract, Set.of(Step.HANDLED), "handled");
  }

  /** This was never given up. */
  public final CommsAssert neverDeadLettered(Contract contract) {
    return none(contract, Set.of(Step.DEAD_LETTERED), "dead-lettered");
  }

  private CommsAssert none(Contract contract, Set<Step> steps, String what) {
    long count =
        entries().stream()
            .filter(entry -> steps.contains(entry.step()) && entry.of(contract.name()))
            .count();
    if (count > 0) {
      fails(contract.name() + " was " + what + " " + count + " times, but must never be");
    }
    return this;
  }

  /** Nothing was submitted, published, called or dead-lettered but what was said before. */
  public final CommsAssert nothingElse() {
    List<Entry> rest = new ArrayList<>(entries());
    rest.removeIf(entry -> !SENT.contains(entry.step()));
    said.forEach(one -> rest.removeIf(entry -> one.speaksOf(entry)));
    if (!rest.isEmpty()) {
      Set<String> what = new TreeSet<>();
      rest.forEach(entry -> what.add(MessagesAssert.said(entry.step()) + " " + name(entry)));
      fails("nothing else was to happen, but: " + String.join(", ", what));
    }
    return this;
  }

  private static String name(Entry entry) {
    return entry.message() == null ? "" : entry.message().contract();
  }

  private <T> MessagesAssert<T> messages(Step step, Contract contract, Codec<T> codec) {
    MessagesAssert<T> one = new MessagesAssert<>(actual, said, step, contract, codec);
    said.add(one);
    return one.any();
  }

  final List<Entry> entries() {
    return actual.journal().entries();
  }

  final void fails(String why) {
    failWithMessage("%s", why + "\n\n" + actual.history());
  }
}
