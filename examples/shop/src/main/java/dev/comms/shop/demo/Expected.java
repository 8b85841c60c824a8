package dev.comms.shop.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What must come of the orders that were planned; a run in which nothing was lost because nothing
 * was accepted is no success.
 *
 * @param outOfStock exactly so many are answered 409
 * @param paymentRetries at least so many are charged at a second attempt
 * @param deadLettered exactly so many end in the dead letters
 * @param rejected exactly so many are refused by the worker
 */
record Expected(int outOfStock, int paymentRetries, int deadLettered, int rejected) {
  private static final int ACCEPTED = 202;
  private static final int OUT_OF_STOCK = 409;

  /**
   * What is otherwise, one line each; empty if all is as it must be. Where orders were lost, nobody
   * knows which kinds they were of, so then only the gateway's answers are looked at.
   */
  List<String> unmet(Findings found, int retried, int dead, int rejectedByWorker, int lost) {
    List<String> unmet = new ArrayList<>();
    Map<Integer, Integer> others = new TreeMap<>(found.answers());
    int yes = others.getOrDefault(ACCEPTED, 0);
    int no = others.getOrDefault(OUT_OF_STOCK, 0);
    others.keySet().removeAll(List.of(ACCEPTED, OUT_OF_STOCK));
    check(unmet, others.isEmpty(), "every answer 202 or 409", "also " + others);
    check(unmet, no == outOfStock, outOfStock + " answers 409 (out of stock)", no);
    int accepted = found.sent() - outOfStock;
    check(unmet, yes == accepted, accepted + " answers 202", yes);
    check(
        unmet,
        found.accepted().size() == yes,
        "an id for each answer 202",
        found.accepted().size());
    if (lost == 0) {
      check(
          unmet,
          retried >= paymentRetries,
          paymentRetries + " or more charged on a retry",
          retried);
      check(unmet, dead == deadLettered, deadLettered + " in the dead letters", dead);
      check(unmet, rejectedByWorker == rejected, rejected + " rejected", rejectedByWorker);
    }
    return List.copyOf(unmet);
  }

  private static void check(List<String> unmet, boolean met, String expected, Object found) {
    if (!met) {
      unmet.add("expected " + expected + ", found " + found);
    }
  }

  /** For the report. */
  Map<String, Object> told() {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("outOfStock", outOfStock);
    told.put("paymentRetries", paymentRetries);
    told.put("deadLettered", deadLettered);
    told.put("rejected", rejected);
    return told;
  }
}
