package dev.comms;

import dev.comms.contract.Call;
import dev.comms.contract.Contract;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One override: {@code <kind>.<contract>[@<place>].<property>=<value>}, or from the environment the
 * same with {@code COMMS_} before it, in upper case, all else than letters and digits as {@code _}.
 *
 * @param key as it was written
 * @param subject the contract with its place, the variable's middle if not exact, or empty
 * @param exact false while it is not known which subject a variable means
 */
record Setting(
    String key, Kind kind, String subject, Property property, String value, boolean exact) {
  private static final String VARIABLE = "COMMS_";
  private static final Pattern SHORT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  /** What is set, by the word that a key begins with. */
  enum Kind {
    CALL,
    DOWNLOAD,
    UPLOAD,
    DIALOGUE,
    TASK,
    EVENT,
    POLICIES;

    final String word = name().toLowerCase(Locale.ROOT);

    /** A contract names its kind first. */
    static Kind of(Contract contract) {
      String text = contract.toString();
      return valueOf(text.substring(0, text.indexOf(' ')).toUpperCase(Locale.ROOT));
    }
  }

  /** What of it is set, by the word that a key ends with. */
  enum Property {
    ANSWERED_WITHIN,
    EACH_ATTEMPT_WITHIN,
    HANDLED_WITHIN,
    ATTEMPTS,
    CONCURRENCY,
    PAUSED,
    BREAKER,
    LIMITS;

    final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    boolean isOf(@Nullable Kind kind) {
      return switch (this) {
        case ANSWERED_WITHIN -> kind == Kind.CALL;
        case EACH_ATTEMPT_WITHIN -> kind == Kind.TASK;
        case HANDLED_WITHIN -> kind == Kind.EVENT;
        case ATTEMPTS -> kind == Kind.CALL || kind == Kind.TASK || kind == Kind.EVENT;
        case CONCURRENCY, PAUSED -> kind == Kind.TASK || kind == Kind.EVENT;
        case BREAKER -> true;
        case LIMITS -> kind == Kind.POLICIES;
      };
    }

    /** Whether it belongs to a handler, not to a contract. */
    boolean handlers() {
      return this == CONCURRENCY || this == PAUSED;
    }

    /** Whether it makes another contract of the one that is declared. */
    boolean shapes() {
      return this != BREAKER && this != LIMITS && !handlers();
    }
  }

  /**
   * Reads a key.
   *
   * @throws IllegalArgumentException saying key, value, rule and fix
   */
  static Setting of(String key, String value) {
    int first = key.indexOf('.');
    int last = key.lastIndexOf('.');
    Kind kind = first < 0 ? null : kind(key.substring(0, first));
    Property property = first < 0 ? null : property(kind, key.substring(last + 1));
    boolean named = first < last;
    if (kind == null || property == null || named == (kind == Kind.POLICIES)) {
      throw new IllegalArgumentException(unknown(key, value));
    }
    String subject = named ? key.substring(first + 1, last) : "";
    return new Setting(key, kind, subject, property, value.strip(), true).checked();
  }

  /** Reads a variable, or returns null if it is none of ours. */
  static @Nullable Setting variable(String name, String value) {
    for (Kind kind : Kind.values()) {
      String begin = VARIABLE + kind.name() + "_";
      if (name.startsWith(begin)) {
        String rest = "_" + name.substring(begin.length());
        for (Property property : Property.values()) {
          String end = "_" + property.name();
          boolean named = rest.length() > end.length() + 1;
          if (property.isOf(kind) && rest.endsWith(end) && named != (kind == Kind.POLICIES)) {
            String subject = named ? rest.substring(1, rest.length() - end.length()) : "";
            Setting one =
                new Setting(name, kind, subject, property, value.strip(), false).checked();
            return named ? one : one.meaning("");
          }
        }
        throw new IllegalArgumentException(unknown(name, value));
      }
    }
    return null;
  }

  private static @Nullable Kind kind(String word) {
    return Arrays.stream(Kind.values()).filter(one -> one.word.equals(word)).findAny().orElse(null);
  }

  private static @Nullable Property property(@Nullable Kind kind, String word) {
    return Arrays.stream(Property.values())
        .filter(one -> one.word.equals(word) && one.isOf(kind))
        .findAny()
        .orElse(null);
  }

  private static String unknown(String key, String value) {
    List<String> forms = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (Property property : Property.values()) {
        if (property.isOf(kind)) {
          String middle = kind == Kind.POLICIES ? "." : ".<contract>.";
          forms.add(kind.word + middle + property.word);
        }
      }
    }
    return key + "=" + value + " is no setting; known are " + String.join(", ", forms);
  }

  private Setting checked() {
    switch (property) {
      case ANSWERED_WITHIN, EACH_ATTEMPT_WITHIN, HANDLED_WITHIN -> duration();
      case ATTEMPTS -> number();
      case CONCURRENCY -> {
        if (number() < 1 || number() > 10_000) {
          throw wrong("must be 1 to 10,000");
        }
      }
      case PAUSED -> oneOf("true", "false");
      case BREAKER -> {
        if (kind == Kind.POLICIES) {
          oneOf("observe", "enforce");
        } else {
          oneOf("open", "disabled");
        }
      }
      case LIMITS -> oneOf("observe", "enforce");
    }
    return this;
  }

  private void oneOf(String one, String other) {
    if (!value.equals(one) && !value.equals(other)) {
      throw wrong("must be " + one + " or " + other);
    }
  }

  IllegalArgumentException wrong(String rule) {
    return new IllegalArgumentException(this + ": '" + value + "' " + rule);
  }

  int number() {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException none) {
      throw wrong("must be a whole number such as 3");
    }
  }

  boolean yes() {
    return value.equals("true");
  }

  Duration duration() {
    Matcher brief = SHORT.matcher(value);
    if (brief.matches()) {
      long count = Long.parseLong(brief.group(1));
      return switch (brief.group(2)) {
        case "ms" -> Duration.ofMillis(count);
        case "s" -> Duration.ofSeconds(count);
        case "m" -> Duration.ofMinutes(count);
        case "h" -> Duration.ofHours(count);
        default -> Duration.ofDays(count);
      };
    }
    try {
      return Duration.parse(value);
    } catch (DateTimeParseException none) {
      throw wrong("must be a duration such as 300ms, 2s, 5m, 1h, 1d or PT2S");
    }
  }

  /** Whether this kind and subject is what is meant. */
  boolean means(Kind other, String what) {
    return kind == other && subject.equals(exact ? what : variableOf(what));
  }

  private static String variableOf(String text) {
    return text.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  /** The same for what a variable turned out to mean. */
  Setting meaning(String what) {
    String middle = what.isEmpty() ? "" : what + ".";
    String known = kind.word + "." + middle + property.word;
    return new Setting(known, kind, what, property, value, true);
  }

  /** Whether both set the same. */
  boolean same(Setting other) {
    return property == other.property
        && (exact ? other.means(kind, subject) : means(other.kind, other.subject));
  }

  /**
   * The contract with this value.
   *
   * @throws IllegalArgumentException if the contract does not allow it
   */
  Contract applied(Contract contract) {
    try {
      if (contract instanceof Call<?, ?> call) {
        return property == Property.ATTEMPTS ? call.attempts(number()) : call.adjusted(duration());
      }
      if (contract instanceof Task<?> task) {
        return property == Property.ATTEMPTS ? task.attempts(number()) : task.adjusted(duration());
      }
      if (contract instanceof Event<?> event) {
        return property == Property.ATTEMPTS
            ? event.attempts(number())
            : event.adjusted(duration());
      }
      return contract;
    } catch (IllegalArgumentException refused) {
      throw new IllegalArgumentException(this + ": " + refused.getMessage(), refused);
    }
  }

  /** What the contract itself says. */
  String declared(Contract contract) {
    if (property != Property.ATTEMPTS) {
      return contract.limit().toString();
    }
    return contract instanceof Call<?, ?> call
        ? Integer.toString(call.attempts())
        : contract instanceof Task<?> task
            ? Integer.toString(task.attempts())
            : contract instanceof Event<?> event ? Integer.toString(event.attempts()) : "";
  }

  @Override
  public String toString() {
    return key + "=" + value;
  }
}
