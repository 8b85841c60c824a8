package dev.comms.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.comms.testkit.history.Entry.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Histories that are broken by hand, each in one way, are caught by the rule that is for it. */
class HistoryCheckTest {

  @Test
  void aGoodHistoryBreaksNoRuleAndIsCounted() {
    HistoryReport report = HistoryCheck.ofEntries(Story.good().entries());

    assertThat(report.violations()).isEmpty();
    assertThat(report.ok()).isTrue();
    assertThat(report.count("asked")).isEqualTo(7);
    assertThat(report.count("confirmed")).isEqualTo(6);
    assertThat(report.count("failed")).isEqualTo(1);
    assertThat(report.count("delivered")).isEqualTo(7);
    assertThat(report.count("handled")).isEqualTo(7);
    assertThat(report.count("duplicates")).isZero();
    assertThat(report.count("deadLettered")).isEqualTo(1);
  }

  static Stream<Arguments> drops() {
    return Stream.of(
        broken("lost", "a task that was confirmed and never handled", s -> dropped(s, "t1")),
        broken(
            "lost",
            "an event that one of two groups never saw",
            s -> s.without(s.at("run", "ok", "e2", "group=b"))),
        broken("lost", "a dead letter that is not there", s -> s.without(s.at("dead", "ok", "t2"))),
        broken(
            "stuck",
            "a queue that is not empty",
            s -> s.changed(s.at("left", "ok", ""), "count=1")),
        broken(
            "undrained", "a run that was not drained", s -> s.without(s.at("drained", "ok", ""))));
  }

  static Stream<Arguments> dropsMore() {
    return Stream.of(
        broken(
            "unanswered",
            "a submit without an outcome",
            s -> s.without(s.at("submit", "fail", "t3"))),
        broken("unanswered", "a call without an outcome", s -> s.without(s.at("call", "ok", "c1"))),
        broken(
            "unsettled",
            "a delivery that was left hanging",
            s -> s.without(s.at("settle", "invoke", "e1"))));
  }

  static Stream<Arguments> duplicates() {
    return Stream.of(
        broken(
            "two-outcomes", "a confirm that comes twice", s -> s.twice(s.at("submit", "ok", "t1"))),
        broken(
            "two-outcomes",
            "a confirm and a failure",
            s ->
                s.retyped(
                    s.twice(s.at("publish", "ok", "e1")).at("publish", "ok", "e1"), Type.FAIL)),
        broken(
            "settled-twice",
            "a delivery that is settled twice",
            s -> s.twice(s.at("settle", "invoke", "t1"))),
        broken(
            "settled-twice",
            "a settlement of what was not delivered",
            s -> s.changed(s.at("settle", "invoke", "e2"), "delivery=other")),
        broken(
            "ran-twice",
            "a call that is not idempotent and runs twice",
            s -> s.twice(s.at("run", "invoke", "c1"))));
  }

  static Stream<Arguments> duplicatesMore() {
    return Stream.of(
        broken(
            "falsely-dead",
            "a task that is handled and dead",
            s -> s.renamed(s.at("dead", "ok", "t2"), "mail", "t1")));
  }

  static Stream<Arguments> swaps() {
    return Stream.of(
        broken("order", "two events of one key the wrong way round", HistoryCheckTest::swapped),
        broken(
            "commit-backwards",
            "a position that goes back",
            s ->
                s.swapped(
                    s.at("commit", "ok", "", "offset=1"), s.at("commit", "ok", "", "offset=2"))),
        broken(
            "wrong-answer",
            "two answers that are swapped",
            s -> s.changed(s.at("call", "ok", "c1"), "answer=to-c2")));
  }

  static Stream<Arguments> phantoms() {
    return Stream.of(
        broken(
            "phantom",
            "a task that nobody submitted",
            s -> s.without(s.at("submit", "invoke", "t1")).without(s.at("submit", "ok", "t1"))),
        broken(
            "phantom",
            "a task that certainly failed, and runs",
            s -> s.retyped(s.at("submit", "ok", "t1"), Type.FAIL)),
        broken(
            "phantom",
            "a call that certainly was not made, and runs",
            s -> s.retyped(s.at("call", "ok", "c1"), Type.FAIL)),
        broken(
            "phantom",
            "an event that is there before it is published",
            s -> s.swapped(s.at("publish", "invoke", "e1"), s.at("deliver", "ok", "e1"))),
        broken(
            "corrupt",
            "other bytes than were sent",
            s -> s.changed(s.at("deliver", "ok", "e1"), "hash=other")));
  }

  static Stream<Arguments> earlyAcks() {
    return Stream.of(
        broken(
            "early-ack",
            "a task that is done before its handler is",
            s -> s.swapped(s.at("run", "ok", "t1"), s.at("settle", "invoke", "t1"))),
        broken(
            "early-ack",
            "a task that is done though its handler failed",
            s -> s.changed(s.at("settle", "invoke", "t2"), "how=done")));
  }

  static Stream<Arguments> late() {
    return Stream.of(
        broken(
            "late",
            "a call that ends 300 ms after its deadline",
            s -> s.delayed(s.at("call", "ok", "c1"), 1_300)),
        broken(
            "late-start",
            "a handler that begins after its deadline",
            s -> s.delayed(s.at("run", "invoke", "c1"), 1_300)),
        broken(
            "expired-ran",
            "a task that expired and runs",
            s -> s.changed(s.at("run", "invoke", "t1"), "now=2002", "expires=1")));
  }

  static Stream<Arguments> wrongChannels() {
    return Stream.of(
        broken(
            "wrong-channel",
            "an event in another channel",
            s -> s.renamed(s.at("deliver", "ok", "e1"), "other", "e1")));
  }

  static Stream<Arguments> attempts() {
    return Stream.of(
        broken(
            "attempts",
            "an attempt more than declared",
            s -> s.changed(s.at("deliver", "ok", "t2", "attempt=2"), "attempt=3")),
        broken(
            "attempts",
            "a second attempt that nobody asked for",
            s -> s.changed(s.at("deliver", "ok", "t1"), "attempt=2")),
        broken(
            "attempts",
            "a retry after the last attempt",
            s -> s.changed(s.at("settle", "invoke", "t2", "how=dead"), "how=retry")),
        broken(
            "attempts",
            "a task that is given up too soon",
            s -> s.changed(s.at("settle", "invoke", "t2", "how=retry"), "how=dead")),
        broken(
            "too-early",
            "a retry before its wait is over",
            s -> s.changed(s.at("settle", "invoke", "t2", "how=retry"), "after=300")));
  }

  static Stream<Arguments> attemptsMore() {
    return Stream.of(
        broken(
            "too-early",
            "a delayed task that comes at once",
            s -> s.changed(s.at("submit", "invoke", "t2"), "after=1000")));
  }

  static Stream<Arguments> hidden() {
    return Stream.of(
        broken(
            "unsettled",
            "a settlement that never ends",
            s -> s.without(s.at("settle", "ok", "e1"))),
        broken(
            "order",
            "an event that is tried again and overtaken meanwhile",
            HistoryCheckTest::overtaken),
        broken(
            "falsely-dead",
            "a letter that nobody gave up",
            s -> dropped(s, "t1").renamed(s.at("dead", "ok", "t2"), "mail", "t1")),
        broken(
            "ran-twice",
            "a task that may run once and runs twice",
            s ->
                s.changed(s.at("declare", "ok", "", "attempts=2"), "once=true")
                    .twice(s.at("run", "invoke", "t1"))),
        broken(
            "undrained",
            "a call after all was drained",
            s -> s.swapped(s.at("call", "invoke", "c1"), s.at("drained", "ok", ""))));
  }

  /** The first is done after the second, which began while the first waited for its next try. */
  private static Story overtaken(Story story) {
    int first = story.at("run", "ok", "e1", "group=b");
    int second = story.at("run", "ok", "e2", "group=b");
    return story.swapped(first, second);
  }

  private static Arguments broken(String rule, String what, UnaryOperator<Story> how) {
    return arguments(rule, what, how);
  }

  private static Story dropped(Story story, String id) {
    return story
        .without(story.at("settle", "ok", id))
        .without(story.at("settle", "invoke", id))
        .without(story.at("run", "ok", id))
        .without(story.at("run", "invoke", id))
        .without(story.at("deliver", "ok", id));
  }

  private static Story swapped(Story story) {
    for (String how : List.of("deliver ok", "run invoke", "run ok", "settle invoke", "settle ok")) {
      String op = how.substring(0, how.indexOf(' '));
      String type = how.substring(how.indexOf(' ') + 1);
      String[] facts =
          op.equals("settle") ? new String[] {"delivery=%sb"} : new String[] {"group=b"};
      int first = story.at(op, type, "e1", String.format(facts[0], "e1"));
      int second = story.at(op, type, "e2", String.format(facts[0], "e2"));
      story.swapped(first, second);
    }
    return story;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource({
    "drops",
    "dropsMore",
    "duplicates",
    "duplicatesMore",
    "swaps",
    "phantoms",
    "earlyAcks",
    "late",
    "wrongChannels",
    "attempts",
    "attemptsMore",
    "hidden"
  })
  void whatIsBrokenByHandIsCaught(String rule, String what, UnaryOperator<Story> how) {
    HistoryReport report = HistoryCheck.ofEntries(how.apply(Story.good()).entries());

    assertThat(report.broken()).as(what).containsKey(rule).doesNotContainKey("torn");
    assertThat(report.ok()).isFalse();
    assertThat(report.toString()).contains(rule);
  }

  @Test
  void aLetterMayBeThereTwiceSinceItsCopyComesBeforeItsSettlement() {
    Story story = Story.good();
    assertThat(HistoryCheck.ofEntries(story.twice(story.at("dead", "ok", "t2")).entries()).ok())
        .isTrue();
  }

  @Test
  void anIdMayBeAskedForAgainAfterAnUnknownOutcome() {
    Story story = Story.good();
    story.retyped(story.at("submit", "ok", "t1"), Type.INFO);
    Story again = story.again("t1");

    HistoryReport report = HistoryCheck.ofEntries(again.entries());

    assertThat(report.violations()).isEmpty();
    assertThat(report.count("asked")).isEqualTo(8);
    assertThat(report.count("unknown")).isEqualTo(1);
  }

  @Test
  void severalProcessesAreCheckedTogetherInWhicheverOrderTheirFilesAreRead() {
    List<Entry> sender = Story.good().of("sender", Set.of("submit", "publish", "call"));
    List<Entry> worker =
        Story.good().of("worker", Set.of("declare", "deliver", "run", "settle", "commit", "dead"));

    for (List<List<Entry>> order :
        List.of(List.of(sender, worker), List.of(worker, sender), List.of(sender, worker))) {
      List<Entry> all = order.stream().flatMap(List::stream).toList();
      assertThat(HistoryCheck.ofEntries(all).violations()).isEmpty();
    }
    List<Entry> lost = Stream.concat(sender.stream(), worker.stream().limit(20)).toList();
    assertThat(HistoryCheck.ofEntries(lost).broken()).containsKeys("torn", "lost");
  }

  @Test
  void whatAProcessHadUnderWayWhenItDiedIsUnknownAndNothingIsTorn() {
    List<Entry> died = Story.good().of("died", Set.of("declare", "submit")).subList(0, 7);
    List<Entry> other = new ArrayList<>(Story.good().of("other", Set.of()));
    assertThat(HistoryCheck.ofEntries(joined(died, other)).broken())
        .containsOnlyKeys("torn", "unanswered");

    Map<String, String> how = Map.of("kind", "died");
    other.add(1, new Entry(2, 2, "other", Entry.Op.FAULT, Type.OK, "", "died", how));
    HistoryReport told = HistoryCheck.ofEntries(joined(died, Story.numbered(other)));

    assertThat(told.violations()).isEmpty();
    assertThat(told.count("unknown")).isEqualTo(2);
  }

  private static List<Entry> joined(List<Entry> one, List<Entry> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
  }

  @Test
  void whicheverLineIsTakenAwayOrMovedTheFileIsNoLongerWhole(@TempDir Path folder)
      throws IOException {
    List<String> lines = Story.good().raw().stream().map(Json::line).toList();
    assertThat(check(folder, lines).ok()).isTrue();
    for (int i = 0; i < lines.size(); i++) {
      List<String> fewer = new ArrayList<>(lines);
      fewer.remove(i);
      assertThat(check(folder, fewer).ok()).as("without line " + (i + 1)).isFalse();
      if (i > 0) {
        List<String> moved = new ArrayList<>(lines);
        Collections.swap(moved, i - 1, i);
        assertThat(check(folder, moved).ok()).as("lines up to " + (i + 1) + " swapped").isFalse();
      }
    }
  }

  private static HistoryReport check(Path folder, List<String> lines) throws IOException {
    return HistoryCheck.of(Files.write(folder.resolve("history.ndjson"), lines));
  }

  @Test
  void whatIsNoHistoryIsNoGoodHistory(@TempDir Path folder) throws IOException {
    assertThat(check(folder, List.of()).violations())
        .containsExactly(new Violation("torn", "the history is empty"));
    assertThat(check(folder, List.of("{\"seq\":1,\"seq\":2}")).violations().get(0).text())
        .isEqualTo("history.ndjson line 1 is no entry: \"seq\" is there twice at character 17");
    assertThat(check(folder, List.of("{\"seq\":1}")).broken()).containsKey("torn");
    assertThat(check(folder, List.of("no json")).broken()).containsKey("torn");
  }

  @Test
  void anEntryIsTheSameAfterItWasWrittenAndRead() {
    for (Entry entry : Story.good().raw()) {
      assertThat(Json.entry(Json.line(entry))).isEqualTo(entry);
    }
    Entry odd =
        new Entry(
            1,
            -5,
            "a \"b\"",
            Entry.Op.FAULT,
            Type.OK,
            "",
            "back\\slash",
            Map.of("why", "line\nbreak\u0001 ü"));
    assertThat(Json.entry(Json.line(odd))).isEqualTo(odd);
  }
}
