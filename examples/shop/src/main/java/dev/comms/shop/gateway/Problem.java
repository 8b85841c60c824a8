package dev.comms.shop.gateway;

import dev.comms.contract.CommsException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer other than success, as RFC 9457 (problem+json) writes it. */
final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Duration SOON = Duration.ofSeconds(1);

  private final int status;
  private final String title;
  private final transient Map<String, Object> more;
  private final transient @Nullable Duration retryAfter;

  private Problem(
      int status,
      String title,
      String detail,
      Map<String, Object> more,
      @Nullable Duration retryAfter) {
    super(detail, null, false, false);
    this.status = status;
    this.title = title;
    this.more = Map.copyOf(more);
    this.retryAfter = retryAfter;
  }

  static Problem malformed(String field, String detail) {
    return new Problem(400, "Malformed order", field + ": " + detail, Map.of("field", field), null);
  }

  static Problem notFound(String detail) {
    return new Problem(404, "Not found", detail, Map.of(), null);
  }

  static Problem outOfStock(int product, int left) {
    return new Problem(
        409,
        "Out of stock",
        "product " + product + " has " + left + " left",
        Map.of("productId", product, "left", left),
        null);
  }

  static Problem overloaded(String detail) {
    return new Problem(503, "Too much to do", detail, Map.of(), SOON);
  }

  static Problem unavailable(String detail) {
    return new Problem(503, "Unavailable", detail, Map.of(), SOON);
  }

  /** Nobody can say yet whether the order is taken; its page will tell. */
  static Problem unknown(String order) {
    return new Problem(
        503,
        "Outcome unknown",
        "order "
            + order
            + " was not confirmed; it may be processed: do not order again,"
            + " look at /orders/"
            + order,
        Map.of("orderId", order),
        Duration.ofSeconds(15));
  }

  /** What the HTTP server itself refuses. */
  static Problem http(int status, String detail) {
    return new Problem(status, status == 404 ? "Not found" : "Refused", detail, Map.of(), null);
  }

  static Problem internal(String detail) {
    return new Problem(500, "Internal error", detail, Map.of(), null);
  }

  /** What the failure of a call or a submission means to the one who ordered. */
  static Problem of(CommsException failure) {
    String detail = failure.reason();
    Duration wait = failure.retryAfter() == null ? SOON : failure.retryAfter();
    return switch (failure.kind()) {
      case REJECTED -> rejected((CommsException.Rejected) failure);
      case DEADLINE_EXCEEDED ->
          new Problem(504, "No answer in time", detail, Map.of("call", failure.contract()), null);
      case OVERLOADED -> new Problem(503, "Too much to do", detail, Map.of(), wait);
      case UNAVAILABLE, CIRCUIT_OPEN, CANCELLED, UNKNOWN_OUTCOME, UNROUTABLE ->
          new Problem(503, "Unavailable", detail, Map.of("call", failure.contract()), wait);
      case FAILED -> new Problem(502, "A service failed", failure.contract(), Map.of(), null);
      case MALFORMED, MISCONFIGURED -> internal(failure.contract());
    };
  }

  private static Problem rejected(CommsException.Rejected no) {
    int status =
        switch (no.code()) {
          case NOT_FOUND -> 404;
          case ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED -> 409;
          case INVALID_ARGUMENT, OUT_OF_RANGE -> 400;
          case PERMISSION_DENIED -> 403;
          case UNAUTHENTICATED -> 401;
          case UNIMPLEMENTED -> 502;
        };
    return new Problem(status, "Refused", no.reason(), Map.of("code", no.code().name()), null);
  }

  int status() {
    return status;
  }

  /** Whole seconds, at least 1, or null if waiting does not help. */
  @Nullable Long retryAfterSeconds() {
    return retryAfter == null ? null : Math.max(1, (retryAfter.toMillis() + 999) / 1000);
  }

  byte[] body() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put("title", title);
    body.put("status", status);
    body.put("detail", String.valueOf(getMessage()));
    body.putAll(more);
    return Json.MAPPER.writeValueAsBytes(body);
  }
}
