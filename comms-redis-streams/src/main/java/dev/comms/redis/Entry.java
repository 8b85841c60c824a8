package dev.comms.redis;

import io.lettuce.core.StreamMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One entry of a stream, delivered.
 *
 * @param deliveries how often the group has handed it out, this time included
 */
record Entry(String stream, String id, long deliveries, Map<String, byte[]> fields) {
  /** As in the stream: by id, which is two numbers; the longest streams' names do not matter. */
  static final Comparator<Entry> IN_ORDER =
      Comparator.comparingLong(Entry::millis)
          .thenComparingLong(Entry::sequence)
          .thenComparing(Entry::stream);

  static Entry read(StreamMessage<String, byte[]> message) {
    Map<String, byte[]> body = message.getBody();
    return new Entry(message.getStream(), message.getId(), 1, body == null ? Map.of() : body);
  }

  /** What a script answers: stream, id, deliveries, and the fields as a flat list. */
  static Entry scripted(List<?> answer) {
    List<?> flat = (List<?>) answer.get(3);
    Map<String, byte[]> fields = new LinkedHashMap<>();
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      fields.put(text(flat.get(i)), (byte[]) flat.get(i + 1));
    }
    return new Entry(text(answer.get(0)), text(answer.get(1)), (Long) answer.get(2), fields);
  }

  static List<Entry> scripted(List<?> answers, int from) {
    List<Entry> entries = new ArrayList<>();
    for (Object answer : answers.subList(from, answers.size())) {
      entries.add(scripted((List<?>) answer));
    }
    return entries;
  }

  static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.UTF_8);
  }

  /** The server's clock when it was added. */
  long millis() {
    return Long.parseLong(id, 0, id.indexOf('-'), 10);
  }

  private long sequence() {
    return Long.parseUnsignedLong(id.substring(id.indexOf('-') + 1));
  }

  String place() {
    return stream + " " + id;
  }
}
