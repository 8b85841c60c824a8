package dev.comms.shop.demo;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is found after a run, by id, each from its own source; nothing here was counted while
 * sending.
 *
 * @param sent how many orders were sent
 * @param answers how many answers of each HTTP status the customers got
 * @param accepted the ids of the orders that were answered 202
 * @param status the status of every order's row, by order
 * @param deadLetters the ids in the dead letters of the orders' task
 * @param attempts how many attempts to charge there were, by order
 * @param captured how often the card network took money, by order, as it tells itself
 * @param mails the ids of the mail files, by order
 * @param topic the events in the Kafka topic: id to order
 * @param analytics the rows of analytics: event's id to order
 * @param purchases the rows of recommendations: event's id to order
 * @param stream the events in the Redis stream, one for each entry
 * @param watched the ids of the events that reached the watcher
 */
record Findings(
    int sent,
    Map<Integer, Integer> answers,
    Set<String> accepted,
    Map<String, String> status,
    Set<String> deadLetters,
    Map<String, Integer> attempts,
    Map<String, Integer> captured,
    Map<String, List<String>> mails,
    Map<String, String> topic,
    Map<String, String> analytics,
    Map<String, String> purchases,
    List<Told> stream,
    Set<String> watched) {

  /** What an entry of the status stream tells. */
  record Told(String event, String order, String status) {}
}
