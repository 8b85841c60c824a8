package dev.comms.bench.pair;

import dev.comms.testkit.proxy.Direction;
import dev.comms.testkit.proxy.FaultProxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a record takes as payload and on the wire. Wire bytes are those of TCP's content in both
 * directions, counted by a proxy in a round of its own, since a proxy costs time.
 */
record Traffic(Sent ours, Sent other) {
  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /**
   * One side's.
   *
   * @param payload bytes of the record
   * @param wire bytes for each operation, request and answer
   * @param connections that were made for each operation
   */
  record Sent(int payload, double wire, double connections) {}

  static Traffic of(Row row, Place place) throws Exception {
    Sample<?> sample = row.sample();
    int json = RestSide.JSON.writeValueAsBytes(sample.value()).length;
    return new Traffic(
        count(row, Family.OURS, place.address(), sample.encoded()),
        count(row, Family.RAW, place.otherAddress(), json));
  }

  private static Sent count(Row row, String which, String address, int payload) {
    int colon = address.indexOf(':');
    int port = Integer.parseInt(address.substring(colon + 1));
    try (FaultProxy proxy = FaultProxy.to(address.substring(0, colon), port);
        Child client = Child.start(Client.class, List.of(), row.client(which, proxy.address()))) {
      client.answer();
      client.round(row.mode(), ROUND_NANOS, 0);
      long before = bytes(proxy);
      long connected = proxy.accepted();
      double operations = client.round(row.mode(), ROUND_NANOS, 0).operations();
      return new Sent(
          payload,
          (bytes(proxy) - before) / operations,
          (proxy.accepted() - connected) / operations);
    }
  }

  private static long bytes(FaultProxy proxy) {
    return proxy.bytes(Direction.SERVER) + proxy.bytes(Direction.CLIENT);
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("payloadBytes", ours.payload);
    json.put("payloadBytesOther", other.payload);
    json.put("payloadRatio", (double) ours.payload / other.payload);
    json.put("wireBytesPerOp", ours.wire);
    json.put("wireBytesPerOpOther", other.wire);
    json.put("wireRatio", ours.wire / other.wire);
    json.put("connectionsPerOp", ours.connections);
    json.put("connectionsPerOpOther", other.connections);
    return json;
  }
}
