package dev.comms.testkit.kit;

import dev.comms.spi.Ability;
import dev.comms.spi.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that a transport may refuse, and which transport may refuse what: whatever else it does not
 * do is a failure, and so is a refusal that is listed here but no longer true.
 */
enum Refusal {
  /** Queued tasks of a higher class go first. */
  PRIORITIES(Ability.PRIORITIES),
  /** A handler may put a checkpoint in place of its task. */
  CONTINUE_LATER(Ability.CONTINUE_LATER),
  /** A new group may begin at a moment of the past. */
  START_AT(Ability.START_AT),
  /** Kept events may be read again without a group. */
  REPLAY(Ability.REPLAY),
  /** Dead letters of events may be counted, redriven and discarded. */
  DEAD_EVENTS(Ability.DEAD_EVENTS),
  /** The caller may send many messages in one call. */
  CLIENT_STREAMS(Ability.CLIENT_STREAMS),
  /**
   * The members of a group read at once; where this is refused one reads, and the rest stand by.
   */
  MEMBERS_AT_ONCE(null);

  static final Set<Ability> OF_TASKS = EnumSet.of(Ability.PRIORITIES, Ability.CONTINUE_LATER);
  static final Set<Ability> OF_EVENTS =
      EnumSet.of(Ability.START_AT, Ability.REPLAY, Ability.DEAD_EVENTS);

  /** By the transport's name; the same for all versions that are promised. */
  private static final Map<String, Set<Refusal>> MAY =
      Map.of(
          "rabbitmq", EnumSet.of(PRIORITIES, CONTINUE_LATER),
          "kafka", EnumSet.of(START_AT, REPLAY, DEAD_EVENTS),
          "redis", EnumSet.of(PRIORITIES, CONTINUE_LATER, START_AT, REPLAY, MEMBERS_AT_ONCE));

  private final @Nullable Ability ability;

  Refusal(@Nullable Ability ability) {
    this.ability = ability;
  }

  static boolean may(Transport transport, Refusal refusal) {
    return MAY.getOrDefault(transport.system(), Set.of()).contains(refusal);
  }

  /** What it lacks of these, as far as it names its abilities. */
  static List<Ability> lacking(Transport transport, Set<Ability> wanted) {
    return wanted.stream().filter(a -> !transport.abilities().contains(a)).toList();
  }

  /** What it may lack of these, and leaves a note of it for whoever sums up a run. */
  static List<Ability> listed(Transport transport, Set<Ability> wanted) {
    List<Ability> may =
        refusals(transport)
            .map(refusal -> refusal.ability)
            .filter(Objects::nonNull)
            .filter(wanted::contains)
            .toList();
    note(transport.system());
    return may;
  }

  private static Stream<Refusal> refusals(Transport transport) {
    return MAY.getOrDefault(transport.system(), Set.of()).stream();
  }

  private static void note(String system) {
    String folder = System.getenv().getOrDefault("COMMS_EVIDENCE", "");
    if (folder.isBlank()) {
      return;
    }
    List<String> names =
        MAY.getOrDefault(system, Set.of()).stream().map(Refusal::name).sorted().toList();
    try {
      Files.write(Path.of(folder, system + ".refusals"), names);
    } catch (IOException failed) {
      throw new UncheckedIOException("evidence: no file can be written in " + folder, failed);
    }
  }
}
