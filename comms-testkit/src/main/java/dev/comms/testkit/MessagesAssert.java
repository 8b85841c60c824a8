package dev.comms.testkit;

import dev.comms.contract.Codec;
import dev.comms.contract.Contract;
import dev.comms.testkit.Journal.Entry;
import dev.comms.testkit.Journal.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one contract. Before {@link #times} a condition selects some of them; after it, it
 * must hold for each: {@code times(3).withKey("a")} are three, all with this key.
 *
 * @param <T> the payload
 */
public final class MessagesAssert<T> extends CommsAssert {
  private final String what;
  private final Codec<T> codec;
  private List<Entry> selected;
  private boolean counted;

  MessagesAssert(
      TestComms comms, List<MessagesAssert<?>> said, Step step, Contract contract, Codec<T> codec) {
    super(comms, said);
    this.what = contract.name() + " " + said(step);
    this.codec = codec;
    Set<String> ids = new HashSet<>();
    this.selected = new ArrayList<>(entries());
    // Attempts of one call are one call.
    selected.removeIf(
        entry ->
            entry.step() != step
                || !entry.of(contract.name())
                || (step == Step.CALLED && !ids.add(id(entry))));
  }

  static String said(Step step) {
    return step.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static @Nullable String id(Entry entry) {
    return entry.message() == null ? null : entry.message().id();
  }

  MessagesAssert<T> any() {
    if (selected.isEmpty()) {
      fails("expected " + what + ", but that never happened");
    }
    return this;
  }

  /** Attempts of a call that was said of are said of too. */
  boolean speaksOf(Entry entry) {
    return selected.stream()
        .anyMatch(
            one ->
                one.equals(entry)
                    || (entry.step() == Step.CALLED
                        && one.step() == Step.CALLED
                        && Objects.equals(id(one), id(entry))));
  }

  /** Exactly one of them. */
  public MessagesAssert<T> once() {
    return times(1);
  }

  /** Exactly so many of them. */
  public MessagesAssert<T> times(int count) {
    if (selected.size() != count) {
      fails("expected " + what + " " + count + " times, but it was " + selected.size());
    }
    counted = true;
    return this;
  }

  /** With this key. */
  public MessagesAssert<T> withKey(String key) {
    return only("with key " + key, entry -> key.equals(key(entry)));
  }

  /** With this id. */
  public MessagesAssert<T> withId(String id) {
    return only("with id " + id, entry -> id.equals(id(entry)));
  }

  /** With a payload for which this holds. */
  public MessagesAssert<T> with(Predicate<? super T> condition) {
    return only("with such a payload", entry -> condition.test(payload(entry)));
  }

  /** With a header of this value. */
  public MessagesAssert<T> withHeader(String name, String value) {
    return only(
        "with header " + name + " = " + value,
        entry -> entry.message() != null && value.equals(entry.message().headers().get(name)));
  }

  /** With a reason or an error that contains this. */
  public MessagesAssert<T> because(String reason) {
    return only("because '" + reason + "'", entry -> entry.detail().contains(reason));
  }

  /** The payloads, in order, for assertions of your own. */
  public List<T> payloads() {
    return selected.stream().map(this::payload).toList();
  }

  private MessagesAssert<T> only(String condition, Predicate<Entry> holds) {
    List<Entry> those = selected.stream().filter(holds).toList();
    if (those.isEmpty() || (counted && those.size() < selected.size())) {
      fails(
          "expected "
              + what
              + " "
              + condition
              + ", but of "
              + selected.size()
              + " so are "
              + those.size());
    }
    selected = those;
    return this;
  }

  private static @Nullable String key(Entry entry) {
    return entry.message() == null ? null : entry.message().key();
  }

  private T payload(Entry entry) {
    byte[] body = entry.message() == null ? new byte[0] : entry.message().body();
    try {
      return codec.decode(body);
    } catch (Exception undecodable) {
      throw new AssertionError(
          what + ": a payload cannot be decoded\n\n" + actual.history(), undecodable);
    }
  }
}
