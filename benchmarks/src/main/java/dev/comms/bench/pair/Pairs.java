package dev.comms.bench.pair;

import dev.comms.testkit.brokers.BrokerUnavailable;
import dev.comms.testkit.brokers.Brokers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The comparisons that were asked for. */
public final class Pairs {
  private final List<String> brokers = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();

  /**
   * Runs them; progress goes to standard error.
   *
   * @throws CannotRun if a broker or a client could not be had, or an operation failed
   */
  public static Pairs run(Choice choice) {
    Pairs pairs = new Pairs();
    Evidence.prepare();
    try (Brokers open = Brokers.open()) {
      for (Family family : Family.values()) {
        List<Row> rows = choice.rows().stream().filter(row -> row.family() == family).toList();
        if (!rows.isEmpty()) {
          pairs.measure(family, rows, open, choice);
        }
      }
    }
    return pairs;
  }

  private void measure(Family family, List<Row> rows, Brokers open, Choice choice) {
    try (Place place = family.place(open)) {
      brokers.add(place.name());
      for (Row row : rows) {
        System.err.println("comms: measuring " + row.name() + " on " + place.name());
        Outcome outcome = new Comparison(row, place, choice).run();
        Evidence.keep(outcome);
        outcomes.add(outcome);
      }
    } catch (CannotRun | BrokerUnavailable known) {
      throw new CannotRun(family + ": " + known.getMessage());
    } catch (Exception failure) {
      throw new CannotRun(family + ": " + failure);
    }
  }

  /** Whether every row is. */
  public boolean ok() {
    return outcomes.stream().allMatch(outcome -> outcome.verdict().ok());
  }

  /** Kinds and versions. */
  public List<String> brokers() {
    return brokers;
  }

  /** The rows as values for {@link Json}. */
  public List<Map<String, Object>> json() {
    return outcomes.stream().map(Outcome::json).toList();
  }

  /** A table; empty if nothing was compared. */
  public String text() {
    StringBuilder text = new StringBuilder(outcomes.isEmpty() ? "" : Outcome.heading());
    outcomes.forEach(outcome -> text.append(outcome.text()));
    return text.toString();
  }

  /** Where every round's figures are. */
  public static String evidence() {
    return Evidence.FOLDER.toString();
  }
}
