package dev.comms.grpc;

import dev.comms.contract.Call;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Download;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Upload;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/**
 * Contracts from generated methods. The contract's name is the full method name, such as {@code
 * shop.Inventory/CheckStock}, and its codecs are the method's own marshallers. What is returned
 * still lacks its limits, so it is no contract yet.
 */
public final class GrpcCall {
  private GrpcCall() {}

  /**
   * A call. It is idempotent if the {@code .proto} says {@code idempotency_level = IDEMPOTENT} or
   * {@code NO_SIDE_EFFECTS}.
   *
   * @throws IllegalArgumentException if the method streams
   */
  public static <Q, R> Call.Named<Q, R> unary(MethodDescriptor<Q, R> method) {
    require(method, MethodType.UNARY, "unary");
    Call.Named<Q, R> named =
        Call.named(
            method.getFullMethodName(),
            new MarshallerCodec<>(method.getRequestMarshaller(), method.getSchemaDescriptor()),
            new MarshallerCodec<>(method.getResponseMarshaller(), method.getSchemaDescriptor()));
    return method.isIdempotent() || method.isSafe() ? named.asIdempotent() : named;
  }

  /**
   * A download: one request, many replies.
   *
   * @throws IllegalArgumentException if the method is not server streaming
   */
  public static <Q, R> StreamCall.Named<Download<Q, R>> download(MethodDescriptor<Q, R> method) {
    require(method, MethodType.SERVER_STREAMING, "download");
    return Download.named(
        method.getFullMethodName(),
        new MarshallerCodec<>(method.getRequestMarshaller(), method.getSchemaDescriptor()),
        new MarshallerCodec<>(method.getResponseMarshaller(), method.getSchemaDescriptor()));
  }

  /**
   * An upload: many requests, one reply.
   *
   * @throws IllegalArgumentException if the method is not client streaming
   */
  public static <Q, R> StreamCall.Named<Upload<Q, R>> upload(MethodDescriptor<Q, R> method) {
    require(method, MethodType.CLIENT_STREAMING, "upload");
    return Upload.named(
        method.getFullMethodName(),
        new MarshallerCodec<>(method.getRequestMarshaller(), method.getSchemaDescriptor()),
        new MarshallerCodec<>(method.getResponseMarshaller(), method.getSchemaDescriptor()));
  }

  /**
   * A dialogue: requests and replies, each side at its own pace.
   *
   * @throws IllegalArgumentException if the method is not bidirectional
   */
  public static <Q, R> StreamCall.Named<Dialogue<Q, R>> dialogue(MethodDescriptor<Q, R> method) {
    require(method, MethodType.BIDI_STREAMING, "dialogue");
    return Dialogue.named(
        method.getFullMethodName(),
        new MarshallerCodec<>(method.getRequestMarshaller(), method.getSchemaDescriptor()),
        new MarshallerCodec<>(method.getResponseMarshaller(), method.getSchemaDescriptor()));
  }

  private static void require(MethodDescriptor<?, ?> method, MethodType type, String factory) {
    if (method.getType() != type) {
      throw new IllegalArgumentException(
          method.getFullMethodName()
              + " is "
              + method.getType()
              + " but GrpcCall."
              + factory
              + " needs "
              + type
              + "; use the factory that fits, or change the .proto");
    }
  }
}
