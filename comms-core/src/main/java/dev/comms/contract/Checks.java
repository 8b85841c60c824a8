package dev.comms.contract;

import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The rules for names and limits, in one place; every message names culprit, value, rule and fix.
 */
final class Checks {
  static final Duration LONGEST = Duration.ofDays(7);
  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_./-]{0,199}");

  private Checks() {}

  static String name(String kind, String name) {
    Objects.requireNonNull(name, () -> kind + ": the name is null; give it a stable wire name");
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          kind
              + " name '"
              + shown(name)
              + "' is not 1 to 200 of [a-zA-Z0-9_./-] beginning with a letter;"
              + " choose a stable wire name such as 'orders.process'");
    }
    return name;
  }

  static Duration limit(String contract, String limit, Duration value) {
    Objects.requireNonNull(value, () -> contract + ": " + limit + " is null; name a duration");
    if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          contract
              + ": "
              + limit
              + " is "
              + value
              + " but must be more than 0 and at most "
              + LONGEST
              + "; name how long the other side may really take");
    }
    return value;
  }

  static int atLeastOne(String contract, String what, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          contract + ": " + what + " is " + value + " but must be 1 to " + most);
    }
    return value;
  }

  private static String shown(String name) {
    String printable = name.replaceAll("\\p{Cntrl}", "?");
    return printable.length() > 60 ? printable.substring(0, 60) + "..." : printable;
  }
}
