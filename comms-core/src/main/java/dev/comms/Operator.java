package dev.comms;

import dev.comms.Setting.Kind;
import dev.comms.Setting.Property;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.Contract;
import dev.comms.contract.Time;
import dev.comms.policy.Forced;
import dev.comms.policy.Mode;
import dev.comms.policy.Policies;
import dev.comms.policy.Steps;
import dev.comms.policy.Switches;
import dev.comms.spi.Health;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows what there is to be set in one service, checks overrides against it, and applies them.
 * Guarded by itself; it calls handlers and breakers under its lock, and they never call it back.
 */
final class Operator {
  private static final Logger LOG = LoggerFactory.getLogger(Operator.class);

  /** A handler as an operator sees it. */
  interface Handler {
    /** How many work at a time as the service itself says. */
    int declared();

    /** The most that can be set while it runs. */
    int most();

    void concurrency(int atATime);

    void hold(boolean paused);
  }

  final Switches switches;
  private final String service;
  private final Settings settings;
  private final Policies policies;
  private final Time time;
  private final MeterRegistry meters;
  private final boolean complete;
  private final Set<Contract> contracts = new LinkedHashSet<>();
  private final Map<String, Handler> handlers = new LinkedHashMap<>();
  private final List<Steps.Place> places = new ArrayList<>();
  private Instant since;

  /**
   * An operator.
   *
   * @param declared the contracts that the service says it uses; empty if it does not say
   */
  Operator(
      String service,
      Settings settings,
      Policies policies,
      Time time,
      MeterRegistry meters,
      List<Contract> declared) {
    this.service = service;
    this.settings = settings;
    this.policies = policies;
    this.time = time;
    this.meters = meters;
    this.complete = !declared.isEmpty();
    this.contracts.addAll(declared);
    this.since = time.now();
    this.switches = new Switches(policies.breaker(), policies.limits());
    apply();
  }

  /** A contract that this service uses. */
  synchronized void know(Contract contract) {
    if (contracts.add(contract)) {
      resolve();
    }
  }

  synchronized void know(Steps.Place place) {
    places.add(place);
    place.force(this::forced);
  }

  /** A handler, by its subject: the task's name, or the event's with the group behind an @. */
  synchronized void know(Contract contract, String subject, Handler handler) {
    contracts.add(contract);
    handlers.put(Kind.of(contract).word + "." + subject, handler);
    resolve();
    apply();
  }

  /** What a breaker is forced to; more exactly named goes first. */
  private Forced forced(Contract contract, String target) {
    Kind kind = Kind.of(contract);
    Setting one = settings.find(Property.BREAKER, kind, contract.name() + "@" + target);
    one = one == null ? settings.find(Property.BREAKER, kind, contract.name()) : one;
    return one == null ? Forced.NOT : one.value().equals("open") ? Forced.OPEN : Forced.DISABLED;
  }

  /** Brings everything to what the settings say; what is there already is left alone. */
  private void apply() {
    switches.breaker(mode(Property.BREAKER, policies.breaker()));
    switches.limits(mode(Property.LIMITS, policies.limits()));
    places.forEach(place -> place.force(this::forced));
    handlers.forEach(
        (name, handler) -> {
          Kind kind = name.startsWith(Kind.TASK.word) ? Kind.TASK : Kind.EVENT;
          String subject = name.substring(kind.word.length() + 1);
          handler.concurrency(settings.concurrency(kind, subject, handler.declared()));
          Setting paused = settings.find(Property.PAUSED, kind, subject);
          handler.hold(paused != null && paused.yes());
        });
  }

  private Mode mode(Property property, Mode declared) {
    Setting one = settings.find(property, Kind.POLICIES, "");
    return one == null ? declared : one.value().equals("observe") ? Mode.OBSERVE : Mode.ENFORCE;
  }

  /** All that a setting of this kind and property may name. */
  private Set<String> subjects(Setting one) {
    if (one.kind() == Kind.POLICIES) {
      return Set.of("");
    }
    Set<String> names = new TreeSet<>();
    if (one.property().handlers()) {
      String begin = one.kind().word + ".";
      handlers.keySet().stream()
          .filter(name -> name.startsWith(begin))
          .forEach(name -> names.add(name.substring(begin.length())));
      return names;
    }
    for (Contract contract : contracts) {
      if (Kind.of(contract) == one.kind()) {
        names.add(contract.name());
        if (one.property() == Property.BREAKER) {
          places.forEach(place -> names.add(contract.name() + "@" + place.target()));
        }
      }
    }
    return names;
  }

  private List<String> meant(Setting one) {
    return subjects(one).stream().filter(name -> one.means(one.kind(), name)).toList();
  }

  /** Gives variables their meaning as soon as it is known. */
  private void resolve() {
    for (Setting one : settings.all()) {
      List<String> meant = one.exact() ? List.of() : meant(one);
      if (meant.size() == 1) {
        settings.put(one.meaning(meant.get(0)));
      }
    }
  }

  /**
   * At the start: everything that is overridden must be there and within its bounds.
   *
   * @throws Misconfigured naming all that is wrong
   */
  synchronized void verify() {
    resolve();
    List<String> wrong =
        settings.all().stream().flatMap(one -> Stream.ofNullable(wrong(one, complete))).toList();
    if (!wrong.isEmpty()) {
      throw new Misconfigured("settings", String.join("; ", wrong));
    }
    for (Setting one : settings.all()) {
      if (meant(one).isEmpty()) {
        LOG.warn(
            "{}: setting {} names nothing that is known at the start; it is checked when its"
                + " contract is first used; mend the name, or declare it with Builder.contracts()",
            service,
            one);
      } else {
        LOG.info("{}: setting {} is in force, instead of {}", service, one, declared(one));
      }
    }
  }

  /** What is wrong with it, or null. */
  private @Nullable String wrong(Setting one, boolean strict) {
    List<String> meant = meant(one);
    if (meant.size() > 1) {
      return one + " may mean any of " + meant + "; use settings(Map) for it, with the exact name";
    }
    if (meant.isEmpty()) {
      boolean placed = one.property() == Property.BREAKER && one.subject().contains("@");
      boolean must = strict || one.property().handlers() || placed;
      return must ? one + " names nothing in this service; known are " + subjects(one) : null;
    }
    if (!one.property().shapes()) {
      return null;
    }
    try {
      contracts.stream()
          .filter(contract -> one.means(Kind.of(contract), contract.name()))
          .forEach(one::applied);
      return null;
    } catch (IllegalArgumentException refused) {
      return refused.getMessage();
    }
  }

  private String declared(Setting one) {
    if (one.kind() == Kind.POLICIES) {
      Mode mode = one.property() == Property.BREAKER ? policies.breaker() : policies.limits();
      return mode.name().toLowerCase(java.util.Locale.ROOT);
    }
    Handler handler = handlers.get(one.kind().word + "." + one.subject());
    return switch (one.property()) {
      case PAUSED -> "false";
      case BREAKER -> "what it measures";
      case CONCURRENCY -> handler == null ? "" : Integer.toString(handler.declared());
      default ->
          contracts.stream()
              .filter(contract -> one.means(Kind.of(contract), contract.name()))
              .findFirst()
              .map(one::declared)
              .orElse("");
    };
  }

  /** What is overridden, for health. */
  synchronized Health.Part health() {
    Map<String, String> facts = new TreeMap<>();
    for (Setting one : settings.all()) {
      boolean known = !meant(one).isEmpty();
      String note = known ? " (instead of " + declared(one) + ")" : " (nothing of it used yet)";
      facts.put(one.key(), one.value() + note);
    }
    return new Health.Part("settings", Health.State.UP, since, facts);
  }

  Controls controls() {
    return new View("nobody named, on thread " + Thread.currentThread().getName());
  }

  private synchronized void set(String who, String key, String value) {
    Setting next;
    String wrong;
    try {
      next = Setting.of(key, value);
      wrong = wrong(next, true);
    } catch (IllegalArgumentException unknown) {
      throw new Misconfigured("settings", String.valueOf(unknown.getMessage()));
    }
    Handler handler = handlers.get(next.kind().word + "." + next.subject());
    if (wrong == null
        && next.property() == Property.CONCURRENCY
        && handler != null
        && next.number() > handler.most()) {
      wrong =
          next
              + " is more than "
              + handler.most()
              + ", what its transport was asked to deliver; set it before the start";
    }
    if (wrong != null) {
      throw new Misconfigured("settings", wrong);
    }
    String before = before(next);
    settings.put(next);
    changed(who, next.key(), before, next.value());
  }

  private String before(Setting next) {
    return settings.all().stream()
        .filter(next::same)
        .findFirst()
        .map(Setting::value)
        .orElseGet(() -> declared(next));
  }

  private synchronized void clear(String who, String key) {
    Setting gone =
        settings.all().stream().filter(one -> one.key().equals(key)).findFirst().orElse(null);
    if (gone == null) {
      throw new Misconfigured(
          "settings", key + " is not overridden; overridden are " + effective().keySet());
    }
    settings.remove(gone);
    changed(who, key, gone.value(), declared(gone));
  }

  private void changed(String who, String key, String before, String after) {
    since = time.now();
    apply();
    meters.counter("comms.settings.changes", "setting", key).increment();
    LOG.warn(
        "{}: setting {} changed by {} from {} to {}; it lasts until it is cleared or {} ends",
        service,
        key,
        who,
        before,
        after,
        service);
  }

  private synchronized Map<String, String> effective() {
    Map<String, String> all = new TreeMap<>();
    settings.all().forEach(one -> all.put(one.key(), one.value()));
    return java.util.Collections.unmodifiableMap(all);
  }

  /** The controls in the hands of somebody. */
  private final class View implements Controls {
    private final String who;

    View(String who) {
      this.who = who;
    }

    @Override
    public Controls by(String other) {
      return new View(Headers.value("who", other));
    }

    @Override
    public void set(String key, String value) {
      Operator.this.set(who, key, value);
    }

    @Override
    public void clear(String key) {
      Operator.this.clear(who, key);
    }

    @Override
    public Map<String, String> effective() {
      return Operator.this.effective();
    }
  }
}
