package dev.comms.bench.pair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the command line asks for.
 *
 * @param inner whether what comms itself costs is measured too, by JMH
 * @param handicapNanos CPU that our side burns for each operation
 * @param raw both sides are the raw client
 */
public record Choice(
    List<Row> rows,
    boolean inner,
    boolean quick,
    boolean json,
    long handicapNanos,
    boolean raw,
    boolean profile) {
  /** The name of the measurement that JMH makes. */
  public static final String INNER = "inner";

  private static final String HANDICAP = "--handicap-cpu";
  private static final Pattern MICROS = Pattern.compile("([1-9][0-9]{0,6})us");
  private static final String FAMILIES =
      INNER
          + Arrays.stream(Family.values())
              .map(family -> ", " + family)
              .collect(Collectors.joining());

  /**
   * Reads it.
   *
   * @throws Refused naming what is wrong
   */
  public static Choice parse(List<String> given) throws Refused {
    List<String> names = new ArrayList<>();
    List<String> options = new ArrayList<>();
    long handicap = 0;
    for (int i = 0; i < given.size(); i++) {
      String word = given.get(i);
      if (word.equals(HANDICAP)) {
        i++;
        handicap = nanos(i < given.size() ? given.get(i) : "");
      } else if (word.startsWith(HANDICAP + "=")) {
        handicap = nanos(word.substring(HANDICAP.length() + 1));
      } else {
        (word.startsWith("-") ? options : names).add(word);
      }
    }
    checkOptions(options);
    List<Row> rows = rows(names);
    boolean raw = options.contains("--null");
    boolean profile = options.contains("--profile");
    boolean plain = handicap == 0 && !raw && !profile;
    if (handicap > 0 && raw) {
      throw new Refused(
          "--handicap-cpu and --null contradict: --null has no side of ours; take one");
    }
    if (names.contains(INNER) && !plain) {
      throw new Refused(
          "inner is measured by JMH and takes only --quick and --json; leave it out,"
              + " or leave out --handicap-cpu, --null and --profile");
    }
    boolean inner = names.contains(INNER) || (names.isEmpty() && plain);
    return new Choice(
        rows,
        inner,
        options.contains("--quick"),
        options.contains("--json"),
        handicap,
        raw,
        profile);
  }

  private static void checkOptions(List<String> options) throws Refused {
    List<String> known = List.of("--quick", "--json", "--null", "--profile");
    for (String option : options) {
      if (!known.contains(option)) {
        throw new Refused("unknown option '" + option + "' for bench; see ./comms bench --help");
      }
    }
  }

  private static List<Row> rows(List<String> names) throws Refused {
    for (String name : names) {
      if (!name.equals(INNER) && Row.ALL.stream().noneMatch(row -> row.named(name))) {
        throw new Refused(
            "bench knows no '"
                + name
                + "'; take one of "
                + FAMILIES
                + ", or one row's name:"
                + " ./comms bench --help lists them");
      }
    }
    return Row.ALL.stream()
        .filter(row -> names.isEmpty() || names.stream().anyMatch(row::named))
        .toList();
  }

  private static long nanos(String text) throws Refused {
    Matcher matcher = MICROS.matcher(text);
    if (!matcher.matches()) {
      throw new Refused(
          "--handicap-cpu is '" + text + "' but must be microseconds, 1us to 9999999us: 100us");
    }
    return Long.parseLong(matcher.group(1)) * 1_000;
  }
}
