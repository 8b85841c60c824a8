package dev.comms.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.comms.contract.CommsException;
import dev.comms.contract.Details;
import java.util.Optional;

/**
 * Typed details of failures as Protobuf messages, such as {@code google.rpc.BadRequest}.
 *
 * <pre>{@code
 * throw new CommsException.Rejected(Code.INVALID_ARGUMENT, "no such size",
 *     GrpcDetails.with(Details.because("NO_SUCH_SIZE", "shop.example.com"), badRequest));
 * }</pre>
 */
public final class GrpcDetails {
  private GrpcDetails() {}

  /** These details and one more message; all together are sent up to 3 KiB. */
  public static Details with(Details details, Message message) {
    String type = message.getDescriptorForType().getFullName();
    return details.and(new Details.Message(type, message.toByteArray()));
  }

  /** The first detail of this type that the failure carries; one that cannot be read is none. */
  public static <T extends Message> Optional<T> first(CommsException failure, T prototype) {
    String type = prototype.getDescriptorForType().getFullName();
    for (Details.Message one : failure.details().messages()) {
      if (one.type().equals(type)) {
        return parsed(prototype, one.value());
      }
    }
    return Optional.empty();
  }

  @SuppressWarnings("unchecked") // a message's parser makes messages of its type
  private static <T extends Message> Optional<T> parsed(T prototype, byte[] value) {
    try {
      return Optional.of(((Parser<T>) prototype.getParserForType()).parseFrom(value));
    } catch (InvalidProtocolBufferException hostile) {
      return Optional.empty();
    }
  }
}
