package dev.comms.grpc;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Download;
import dev.comms.contract.Upload;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/**
 * Contract to gRPC method. A name with a slash is the full method name as it is ({@code
 * shop.Inventory/CheckStock}). In a name without one the last dot stands for the slash: {@code
 * orders.ping} is method {@code ping} of service {@code orders}. A name with neither is a method of
 * service {@code comms}.
 */
final class Topology {
  private static final String SERVICE = "comms";

  private Topology() {}

  /**
   * The method on the wire.
   *
   * @throws CommsException.Misconfigured if gRPC cannot carry this contract or its name
   */
  static MethodDescriptor<byte[], byte[]> method(Contract contract) {
    return MethodDescriptor.newBuilder(BytesMarshaller.INSTANCE, BytesMarshaller.INSTANCE)
        .setType(type(contract))
        .setFullMethodName(fullName(contract.name()))
        .setIdempotent(contract.idempotent())
        .build();
  }

  private static MethodType type(Contract contract) {
    if (contract instanceof Call<?, ?>) {
      return MethodType.UNARY;
    }
    if (contract instanceof Download<?, ?>) {
      return MethodType.SERVER_STREAMING;
    }
    if (contract instanceof Upload<?, ?>) {
      return MethodType.CLIENT_STREAMING;
    }
    if (contract instanceof Dialogue<?, ?>) {
      return MethodType.BIDI_STREAMING;
    }
    throw new CommsException.Misconfigured(
        "grpc", contract + " cannot be carried by gRPC; it carries calls and streams only");
  }

  static String fullName(String name) {
    int cut = name.lastIndexOf('/');
    if (cut < 0) {
      cut = name.lastIndexOf('.');
    }
    if (cut < 0) {
      return MethodDescriptor.generateFullMethodName(SERVICE, name);
    }
    if (cut == 0 || cut == name.length() - 1) {
      throw new CommsException.Misconfigured(
          name,
          "the contract's name '"
              + name
              + "' has no service or no method; name it 'service/Method' or 'service.method'");
    }
    return MethodDescriptor.generateFullMethodName(name.substring(0, cut), name.substring(cut + 1));
  }
}
