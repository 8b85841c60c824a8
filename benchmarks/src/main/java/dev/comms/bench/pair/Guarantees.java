package dev.comms.bench.pair;

/** What each side promises, in words; what both do is in both. */
final class Guarantees {
  private static final String MORE =
      "; and comms' own: retries, breaker, limits, meters, failures that tell their effect";
  private static final String CALL =
      "deadline of 5 s per call, on the wire too; keepalive; an id in the metadata";

  private Guarantees() {}

  static String ours(Family family) {
    return switch (family) {
          case CALL -> CALL;
          case CALL_ARMERIA -> CALL + "; the server enforces the deadline, on threads of its own";
          case REST_CLOSE, REST_KEEPALIVE ->
              CALL
                  + "; the record in protobuf, decoded and encoded anew by the server; one"
                  + " connection for all";
          case SUBMIT ->
              "persistent, mandatory, quorum queue, each message confirmed within 5 s or known to"
                  + " be unknown, sent again under its id on a new channel";
          case PUBLISH_KAFKA ->
              "acks=all, idempotent producer, linger 5 ms, lz4, each event confirmed within 5 s";
          case PUBLISH_REDIS ->
              "XADD answered within 5 s, append-only file, no replay after a reconnect";
        }
        + MORE;
  }

  static String raw(Family family, Mode mode) {
    boolean waits = mode == Mode.ONE;
    return switch (family) {
      case CALL -> CALL;
      case CALL_ARMERIA -> CALL + "; the server answers on its event loops";
      case REST_CLOSE ->
          "each answer within 5 s; the record in JSON, decoded and encoded anew by the server; a"
              + " connection for each request";
      case REST_KEEPALIVE ->
          "each answer within 5 s; the record in JSON, decoded and encoded anew by the server; a"
              + " connection for each caller, kept";
      case SUBMIT ->
          waits
              ? "persistent, mandatory, quorum queue, each message confirmed within 5 s"
              : "persistent, mandatory, quorum queue, each message confirmed, without a limit;"
                  + " what a lost channel had is lost";
      case PUBLISH_KAFKA ->
          "acks=all, idempotent producer, linger 5 ms, lz4, each event delivered or failed after 4 s";
      case PUBLISH_REDIS ->
          "XADD answered within 5 s, append-only file, no replay after a reconnect";
    };
  }
}
