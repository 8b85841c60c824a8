package dev.comms.testkit.history;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Holds histories against the rules. Those of several processes are checked together; their lines
 * are related by id, and never by time.
 *
 * <table>
 * <caption>The rules</caption>
 * <tr><th>rule</th><th>what must hold</th></tr>
 * <tr><td>{@code torn}</td><td>every file is whole: no line is missing, moved, or no entry</td></tr>
 * <tr><td>{@code undrained}</td><td>the run was given the time to end</td></tr>
 * <tr><td>{@code unanswered}</td><td>all that was asked has an outcome</td></tr>
 * <tr><td>{@code two-outcomes}</td><td>and only one for each time that it was asked</td></tr>
 * <tr><td>{@code late}</td><td>at its deadline, and so much more as is allowed</td></tr>
 * <tr><td>{@code lost}</td><td>what was confirmed is handled, by every group, or dead</td></tr>
 * <tr><td>{@code stuck}</td><td>and is not with the broker still</td></tr>
 * <tr><td>{@code falsely-dead}</td><td>nothing is both handled and dead, or dead without a verdict
 * </td></tr>
 * <tr><td>{@code phantom}</td><td>nothing is handled that was not sent, or certainly failed</td></tr>
 * <tr><td>{@code wrong-channel}</td><td>nor elsewhere than where it was sent</td></tr>
 * <tr><td>{@code corrupt}</td><td>nor with other bytes</td></tr>
 * <tr><td>{@code unsettled}</td><td>every delivery is settled</td></tr>
 * <tr><td>{@code settled-twice}</td><td>and only once</td></tr>
 * <tr><td>{@code attempts}</td><td>as many as declared, one after the other</td></tr>
 * <tr><td>{@code too-early}</td><td>nothing comes before its delay is over, but for 20 ms</td></tr>
 * <tr><td>{@code expired-ran}</td><td>what expired, and 2 s more, is not handled</td></tr>
 * <tr><td>{@code late-start}</td><td>nothing begins after the deadline that came with it</td></tr>
 * <tr><td>{@code early-ack}</td><td>nothing is done before its handler has done it</td></tr>
 * <tr><td>{@code order}</td><td>of one key, in the order in which it was confirmed</td></tr>
 * <tr><td>{@code commit-backwards}</td><td>no group's position goes back</td></tr>
 * <tr><td>{@code wrong-answer}</td><td>an answer is what was answered to that request</td></tr>
 * <tr><td>{@code ran-twice}</td><td>a call that is not idempotent runs at most once, and so does
 * what is declared so</td></tr>
 * </table>
 *
 * <p>Not thread-safe.
 */
public final class HistoryCheck {
  private static final Duration LATE = Duration.ofMillis(250);

  private final Verdicts verdicts = new Verdicts();
  private final List<Rule> rules;

  private HistoryCheck(Duration lateBy) {
    Declared declared = new Declared();
    Asked asked = new Asked(verdicts, declared, lateBy.toNanos());
    rules =
        List.of(
            new WholeRule(verdicts, declared),
            declared,
            asked,
            new LossRule(verdicts, asked, declared),
            new PhantomRule(verdicts, asked),
            new SettleRule(verdicts, declared),
            new AttemptRule(verdicts, declared),
            new RunRule(verdicts, declared, lateBy.toNanos()),
            new OrderRule(verdicts, asked),
            new CommitRule(verdicts),
            new CallRule(verdicts, asked, lateBy.toNanos()));
  }

  /**
   * The same as {@link #of(Duration, List)} with 250 ms.
   *
   * @throws UncheckedIOException if a file cannot be read
   */
  public static HistoryReport of(Path... files) {
    return of(LATE, List.of(files));
  }

  /**
   * What the histories of these files show together.
   *
   * @param lateBy how long after its deadline an operation may end
   * @throws UncheckedIOException if a file cannot be read
   */
  public static HistoryReport of(Duration lateBy, List<Path> files) {
    HistoryCheck check = new HistoryCheck(lateBy);
    files.forEach(check::read);
    return check.end();
  }

  /** What these entries show; those of one process in their order. */
  static HistoryReport ofEntries(List<Entry> entries) {
    HistoryCheck check = new HistoryCheck(LATE);
    entries.forEach(check::see);
    return check.end();
  }

  private void see(Entry entry) {
    rules.forEach(rule -> rule.see(entry));
  }

  private HistoryReport end() {
    rules.forEach(Rule::end);
    return verdicts.report();
  }

  private void read(Path file) {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        read(file, number, line);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException("history: " + file + " cannot be read", failed);
    }
  }

  private void read(Path file, long number, String line) {
    Entry entry;
    try {
      entry = Json.entry(line);
    } catch (IllegalArgumentException none) {
      verdicts.broken(
          "torn", file.getFileName() + " line " + number + " is no entry: " + none.getMessage());
      return;
    }
    see(entry);
  }
}
