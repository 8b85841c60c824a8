package dev.comms;

import dev.comms.Setting.Kind;
import dev.comms.Setting.Property;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.Contract;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The overrides in force, as one immutable value: whoever needs one reads it from here, and a
 * change puts another in its place. Safe for use by many threads.
 */
final class Settings {
  /** Contracts are constants; more than this is a leak, and then nothing is kept. */
  private static final int MOST_CONTRACTS = 10_000;

  private volatile Snapshot now;

  /**
   * What is in force at one time.
   *
   * @param shapes whether any contract is another than it declares
   * @param made contracts as they are with their overrides
   */
  private record Snapshot(List<Setting> all, boolean shapes, Map<Contract, Contract> made) {
    Snapshot(List<Setting> all, Map<Contract, Contract> made) {
      this(
          List.copyOf(all),
          all.stream().anyMatch(one -> one.property().shapes()),
          new ConcurrentHashMap<>(made));
    }
  }

  Settings(List<Setting> begun) {
    this.now = new Snapshot(begun, Map.of());
  }

  static Settings none() {
    return new Settings(List.of());
  }

  /**
   * Adds overrides.
   *
   * @throws Misconfigured naming all that cannot be read
   */
  void read(Map<String, String> overrides, BiFunction<String, String, @Nullable Setting> reader) {
    List<String> wrong = new ArrayList<>();
    new TreeMap<>(overrides)
        .forEach(
            (key, value) -> {
              try {
                Setting one = reader.apply(key, value);
                if (one != null) {
                  put(one);
                }
              } catch (IllegalArgumentException unreadable) {
                wrong.add(String.valueOf(unreadable.getMessage()));
              }
            });
    if (!wrong.isEmpty()) {
      throw new Misconfigured("settings", String.join("; ", wrong));
    }
  }

  List<Setting> all() {
    return now.all;
  }

  /**
   * The contract as it is with its overrides: the same object until one of them changes.
   *
   * @throws Misconfigured if an override that nobody could check before is not allowed
   */
  @SuppressWarnings("unchecked") // with another limit it is of the same kind
  <C extends Contract> C effective(C contract) {
    Snapshot at = now;
    if (!at.shapes) {
      return contract;
    }
    Contract known = at.made.get(contract);
    return (C) (known != null ? known : made(at, contract));
  }

  private static Contract made(Snapshot at, Contract contract) {
    Contract shaped = contract;
    for (Setting one : at.all) {
      if (one.property().shapes() && one.means(Kind.of(contract), contract.name())) {
        shaped = applied(one, shaped);
      }
    }
    Contract kept =
        at.made.size() < MOST_CONTRACTS ? at.made.putIfAbsent(contract, shaped) : shaped;
    return kept == null ? shaped : kept;
  }

  private static Contract applied(Setting one, Contract contract) {
    try {
      return one.applied(contract);
    } catch (IllegalArgumentException refused) {
      throw new Misconfigured(contract.name(), String.valueOf(refused.getMessage()));
    }
  }

  /** The override of one property, or null. */
  @Nullable Setting find(Property property, Kind kind, String subject) {
    for (Setting one : now.all) {
      if (one.property() == property && one.means(kind, subject)) {
        return one;
      }
    }
    return null;
  }

  /** How many handlers may work at a time: what is overridden, or else what is declared. */
  int concurrency(Kind kind, String subject, int declared) {
    Setting one = find(Property.CONCURRENCY, kind, subject);
    return one == null ? declared : one.number();
  }

  /** Puts one override in place of whatever sets the same. */
  void put(Setting next) {
    List<Setting> all = new ArrayList<>(now.all);
    all.removeIf(one -> one.same(next));
    all.add(next);
    replace(all, next);
  }

  /** Takes one override away. */
  void remove(Setting gone) {
    List<Setting> all = new ArrayList<>(now.all);
    all.remove(gone);
    replace(all, gone);
  }

  /** What the change does not mean stays the same object, and so do the pipelines made of it. */
  private void replace(List<Setting> all, Setting changed) {
    Map<Contract, Contract> kept = new HashMap<>(now.made);
    kept.keySet().removeIf(one -> changed.means(Kind.of(one), one.name()));
    now = new Snapshot(all, kept);
  }
}
