package dev.comms.shop.demo;

import dev.comms.shop.services.OrderStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What became of the orders. Every accepted order is exactly one of completed, rejected,
 * dead-lettered and lost, so {@code accepted = completed + rejected + deadLettered + lost} holds by
 * construction.
 *
 * @param accepted answered 202
 * @param completed the row says {@code completed}: the card was charged
 * @param rejected the row says {@code rejected}: accepted by the gateway, then refused by the
 *     worker for a business reason that no retry changes (the user is unknown); its stock was put
 *     back
 * @param deadLettered neither, and its task is in the dead letters: every attempt failed
 * @param refusedAtGateway answered otherwise than 202: never accepted
 * @param paymentRetries completed orders whose charge needed more than one attempt
 * @param emails completed orders with a mail file
 * @param analyticsEvents events that are in the topic and in the rows of analytics
 * @param recommendations events that are in the topic and in the rows of recommendations
 * @param notifications events that are in the stream and reached the watcher
 * @param lost neither of the above: accepted, and nobody knows it any more
 * @param duplicateEffects charges, mails, rows of analytics and of recommendations beyond the first
 *     of an order, and entries in the status stream beyond the first of an order and a status
 * @param missingEffects mails, rows and notifications that an ended order should have and has not
 * @param unmet what else is not as the orders were planned, one line each; see {@link Expected}
 */
record Outcome(
    int orders,
    int accepted,
    int completed,
    int rejected,
    int deadLettered,
    int refusedAtGateway,
    int paymentRetries,
    int emails,
    int analyticsEvents,
    int recommendations,
    int notifications,
    int lost,
    int duplicateEffects,
    int missingEffects,
    List<String> unmet) {

  /** Nothing is lost, nothing happened twice, nothing is missing, and all went as planned. */
  boolean ok() {
    return lost == 0 && duplicateEffects == 0 && missingEffects == 0 && unmet.isEmpty();
  }

  static Outcome of(Findings found, Expected expected) {
    Set<String> completed = with(found, OrderStore.COMPLETED);
    Set<String> rejected = with(found, OrderStore.REJECTED);
    Set<String> dead = new HashSet<>(found.accepted());
    dead.retainAll(found.deadLetters());
    dead.removeAll(completed);
    dead.removeAll(rejected);
    Set<String> retried = new HashSet<>(completed);
    retried.removeIf(order -> found.attempts().getOrDefault(order, 0) < 2);
    int accepted = found.accepted().size();
    int lost = accepted - completed.size() - rejected.size() - dead.size();
    return new Outcome(
        found.sent(),
        accepted,
        completed.size(),
        rejected.size(),
        dead.size(),
        found.sent() - accepted,
        retried.size(),
        common(completed, found.mails().keySet()),
        events(found, found.topic(), found.analytics().keySet()),
        events(found, found.topic(), found.purchases().keySet()),
        events(found, stream(found), found.watched()),
        lost,
        duplicates(found),
        missing(found, completed, rejected),
        expected.unmet(found, retried.size(), dead.size(), rejected.size(), lost));
  }

  private static Set<String> with(Findings found, String status) {
    Set<String> ids = new HashSet<>(found.accepted());
    ids.removeIf(id -> !status.equals(found.status().get(id)));
    return ids;
  }

  private static int common(Set<String> some, Set<String> others) {
    return (int) some.stream().filter(others::contains).count();
  }

  /**
   * The events of this run's orders that are in the log and arrived; others' events do not count.
   */
  private static int events(Findings found, Map<String, String> log, Set<String> arrived) {
    return (int)
        log.entrySet().stream()
            .filter(event -> found.status().containsKey(event.getValue()))
            .filter(event -> arrived.contains(event.getKey()))
            .count();
  }

  private static Map<String, String> stream(Findings found) {
    Map<String, String> orders = new HashMap<>();
    found.stream().forEach(told -> orders.put(told.event(), told.order()));
    return orders;
  }

  private static int duplicates(Findings found) {
    int mails = found.mails().values().stream().mapToInt(ids -> ids.size() - 1).sum();
    return mails
        + beyondFirst(found.captured().values())
        + repeated(found.analytics().values().stream())
        + repeated(found.purchases().values().stream())
        + repeated(found.stream().stream().map(told -> told.order() + " " + told.status()));
  }

  private static int repeated(Stream<String> causes) {
    Map<String, Integer> times = new HashMap<>();
    causes.forEach(cause -> times.merge(cause, 1, Integer::sum));
    return beyondFirst(times.values());
  }

  private static int beyondFirst(Collection<Integer> counts) {
    return counts.stream().mapToInt(count -> Math.max(0, count - 1)).sum();
  }

  private static int missing(Findings found, Set<String> completed, Set<String> rejected) {
    Set<String> told = new HashSet<>();
    found.stream().stream()
        .filter(entry -> found.watched().contains(entry.event()))
        .forEach(entry -> told.add(entry.order()));
    Set<String> ended = new HashSet<>(completed);
    ended.addAll(rejected);
    return lacking(completed, found.mails().keySet())
        + lacking(completed, new HashSet<>(found.analytics().values()))
        + lacking(completed, new HashSet<>(found.purchases().values()))
        + lacking(completed, found.captured().keySet())
        + lacking(ended, told);
  }

  private static int lacking(Set<String> all, Set<String> there) {
    return all.size() - common(all, there);
  }
}
