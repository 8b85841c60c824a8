package dev.comms.contract;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a failure says for programs, beside its text for people. A handler gives it along with
 * {@link CommsException.Rejected}; its caller reads it in {@link CommsException#details()}. The
 * parts are those of {@code google.rpc.Status} and {@code ErrorInfo} (AIP-193), in which gRPC
 * carries them. Immutable, changed by copy.
 *
 * @param status the transport's own word for the end, such as {@code NOT_FOUND}; empty on the side
 *     that says it, and where no peer said anything
 * @param reason why, as a constant: at most 63 of {@code [A-Z0-9_]}, or empty
 * @param domain whose constant it is, such as {@code shop.example.com}; or empty
 * @param metadata facts about this occurrence, in the domain's words; {@code error-id} is where to
 *     look in the peer's log
 * @param messages typed details
 */
public record Details(
    String status,
    String reason,
    String domain,
    Map<String, String> metadata,
    List<Message> messages) {

  /** Nothing was said. */
  public static final Details NONE = new Details("", "", "", Map.of(), List.of());

  /**
   * One typed detail.
   *
   * @param type its full name, such as {@code google.rpc.BadRequest}
   * @param value its bytes in Protobuf; handed over and not written again
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, and compared by nobody
  public record Message(String type, byte[] value) {
    public Message {
      Objects.requireNonNull(type, "details: the type of a message is null");
      Objects.requireNonNull(value, "details: the value of a message is null");
    }
  }

  public Details {
    metadata = Map.copyOf(metadata);
    messages = List.copyOf(messages);
  }

  /**
   * A reason for programs.
   *
   * @param reason 1 to 63 of {@code [A-Z0-9_]}, beginning with a letter
   * @param domain whose word it is: 1 to 100 of {@code [a-zA-Z0-9._-]}, but not {@code comms}
   * @throws IllegalArgumentException if one of them is not so
   */
  public static Details because(String reason, String domain) {
    if (!reason.matches("[A-Z][A-Z0-9_]{0,62}")) {
      throw new IllegalArgumentException(
          "details: the reason is '"
              + reason
              + "' but must be 1 to 63 of [A-Z0-9_], beginning with a letter; as OUT_OF_STOCK");
    }
    if (!domain.matches("[a-zA-Z0-9._-]{1,100}") || domain.equals("comms")) {
      throw new IllegalArgumentException(
          "details: the domain is '"
              + domain
              + "' but must be 1 to 100 of [a-zA-Z0-9._-] and not comms; as shop.example.com");
    }
    return new Details("", reason, domain, Map.of(), List.of());
  }

  /** With one more fact. */
  public Details with(String name, String value) {
    Map<String, String> more = new HashMap<>(metadata);
    more.put(name, value);
    return new Details(status, reason, domain, more, messages);
  }

  /** With one more typed detail. */
  public Details and(Message message) {
    List<Message> more = new ArrayList<>(messages);
    more.add(message);
    return new Details(status, reason, domain, metadata, more);
  }
}
