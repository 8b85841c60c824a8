package dev.comms.testkit.proxy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Faults as words: {@code latency=500ms,200ms,client}. What is wrong with one is thrown as IAE. */
final class FaultWords {
  static final String ALL =
      "latency=500ms,200ms bandwidth=1024 blackhole silent reset=0 cut=1000 slowclose=2s"
          + " slice=10,5ms corrupt=0.01 corrupt-every=100 refuse";

  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m)");

  private final String word;
  private final String name;
  private final List<String> values;

  private FaultWords(String word, String name, List<String> values) {
    this.word = word;
    this.name = name;
    this.values = values;
  }

  static NetworkFault parse(String word) {
    int at = word.indexOf('=');
    String name = at < 0 ? word : word.substring(0, at);
    List<String> values =
        at < 0 ? List.of() : new ArrayList<>(List.of(word.substring(at + 1).split(",", -1)));
    for (Direction direction : Direction.values()) {
      String last = direction.name().toLowerCase(Locale.ROOT);
      if (!values.isEmpty() && values.get(values.size() - 1).equals(last)) {
        values.remove(values.size() - 1);
        return new FaultWords(word, name, values).fault().towards(direction);
      }
    }
    return new FaultWords(word, name, values).fault();
  }

  private NetworkFault fault() {
    return switch (name) {
      case "latency" -> {
        count(1, 2);
        yield NetworkFault.latency(time(0), values.size() < 2 ? Duration.ZERO : time(1));
      }
      case "bandwidth" -> NetworkFault.bandwidth(number(count(1, 1)));
      case "blackhole" -> {
        count(0, 0);
        yield NetworkFault.blackHole();
      }
      case "silent" -> {
        count(0, 0);
        yield NetworkFault.silent();
      }
      case "refuse" -> {
        count(0, 0);
        yield NetworkFault.refuse();
      }
      case "reset" -> NetworkFault.resetAfter(number(count(1, 1)));
      case "cut" -> NetworkFault.cutAfter(number(count(1, 1)));
      case "slowclose" -> NetworkFault.slowClose(time(count(1, 1)));
      case "slice" -> {
        count(1, 2);
        yield NetworkFault.slicer(
            Values.clamped(number(0)), values.size() < 2 ? Duration.ZERO : time(1));
      }
      case "corrupt" -> NetworkFault.corrupt(share(count(1, 1)));
      case "corrupt-every" -> NetworkFault.corruptEvery(number(count(1, 1)));
      default ->
          throw new IllegalArgumentException("unknown word '" + word + "': say one of " + ALL);
    };
  }

  /** Checks how many values there are. Answers 0, the place of the first. */
  private int count(int least, int most) {
    if (values.size() < least || values.size() > most) {
      throw wrong("has " + values.size() + " values");
    }
    return 0;
  }

  private Duration time(int at) {
    Matcher matcher = TIME.matcher(values.get(at));
    if (!matcher.matches()) {
      throw wrong("'" + values.get(at) + "' is no time in ms, s or m");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      default -> Duration.ofMinutes(amount);
    };
  }

  private long number(int at) {
    try {
      return Long.parseLong(values.get(at));
    } catch (NumberFormatException e) {
      throw wrong("'" + values.get(at) + "' is no whole number");
    }
  }

  private double share(int at) {
    try {
      return Double.parseDouble(values.get(at));
    } catch (NumberFormatException e) {
      throw wrong("'" + values.get(at) + "' is no number");
    }
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(
        "word '" + word + "': " + what + "; say it as one of these: " + ALL);
  }
}
