package dev.comms.grpc;

import dev.comms.Calls;
import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.StreamCall;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.stub.InternalClientCalls;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A channel for generated stubs, of every kind, whose calls take the way of {@link Calls}: the same
 * limits, policies and metrics, once. A message is encoded once, by the stub's own method. Safe for
 * use by many threads; it owns nothing, and ends with the {@code Comms} of its calls.
 *
 * <pre>{@code
 * Channel channel = GuardedChannel.over(comms.calls(GrpcTransport.to(target)), CHECK_STOCK, WATCH);
 * InventoryGrpc.InventoryBlockingStub stub = InventoryGrpc.newBlockingStub(channel);
 * }</pre>
 *
 * <p>A call ends at the strictest of its contract's limit, the stub's deadline, the deadline of the
 * {@code io.grpc.Context}, and what the handler on whose thread it is used has left. The stub's
 * metadata travels as headers: text only, under the rules of {@link Calls#header}; what cannot
 * travel fails the call as {@code INVALID_ARGUMENT} and names it. A failure is the peer's status
 * with its trailers; one of this side has the fitting code and an {@code ErrorInfo} of domain
 * {@code comms}; the {@link CommsException} is the status' cause. Of a stream's reply only messages
 * and a failure's trailers come back, of a call's also text headers.
 *
 * <p>A stub's executor, deadline and message limits are kept, its compression and wait-for-ready
 * are the transport's business; credentials and an authority are refused. Without an executor,
 * observers are called on the callback threads of comms and must not block. A writer that does not
 * heed {@code isReady} is failed as {@code RESOURCE_EXHAUSTED} when 16 MiB of its messages wait.
 */
public final class GuardedChannel extends Channel {
  private final Calls calls;
  private final Map<String, Contract> contracts;

  private GuardedChannel(Calls calls, Map<String, Contract> contracts) {
    this.calls = calls;
    this.contracts = contracts;
  }

  /**
   * A channel for the methods of these contracts.
   *
   * @param calls where to, and the view that holds for all: its headers, its limit
   * @param contracts calls and streams, each named as its method
   * @throws CommsException.Misconfigured if one is neither, or two are the same method
   */
  public static GuardedChannel over(Calls calls, Contract... contracts) {
    Map<String, Contract> all = new HashMap<>();
    for (Contract contract : contracts) {
      String method = Topology.method(contract).getFullMethodName();
      if (all.put(method, contract) != null) {
        throw new CommsException.Misconfigured(
            contract.name(), "two contracts are the method " + method + "; give one");
      }
    }
    return new GuardedChannel(Objects.requireNonNull(calls, "calls"), Map.copyOf(all));
  }

  /**
   * A call of a stub.
   *
   * @throws CommsException.Misconfigured if the method has no contract here, or one of another
   *     kind, or the stub has credentials or an authority of its own, or it blocks and this is one
   *     of the callback threads of comms
   */
  @Override
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    Contract contract = contracts.get(method.getFullMethodName());
    if (contract == null) {
      throw refused(
          method,
          "this method has no declared contract, so it has no limit; declare it, as with GrpcCall."
              + factory(method)
              + ", and give it to GuardedChannel.over(..)");
    }
    MethodDescriptor.MethodType declared = Topology.method(contract).getType();
    if (declared != method.getType()) {
      throw refused(
          method,
          "the stub's method is "
              + method.getType()
              + " but its contract is "
              + contract
              + ", which is "
              + declared
              + "; declare it with GrpcCall."
              + factory(method));
    }
    if (options.getCredentials() != null || options.getAuthority() != null) {
      throw refused(
          method,
          "the stub has call credentials or an authority of its own, which a call that may be tried"
              + " again elsewhere cannot keep; set them on the GrpcTransport");
    }
    if (blocking(options)) {
      calls.raw().mayWait(contract);
    }
    var stub = new GuardedCall.Stub<>(method, options, calls);
    return contract instanceof Call<?, ?> call
        ? new GuardedUnary<>(stub, call)
        : new GuardedStream<>(stub, (StreamCall<?, ?>) contract);
  }

  /** The one sign that grpc-java gives; a call without a stub has none. */
  private static boolean blocking(CallOptions options) {
    return options.getOption(InternalClientCalls.getStubTypeOption()) != null
        && InternalClientCalls.getStubType(options) == InternalClientCalls.StubType.BLOCKING;
  }

  private static String factory(MethodDescriptor<?, ?> method) {
    return switch (method.getType()) {
      case UNARY -> "unary(..).answeredWithin(..)";
      case SERVER_STREAMING -> "download(..).firstWithin(..).idleWithin(..).totalWithin(..)";
      case CLIENT_STREAMING -> "upload(..).firstWithin(..).idleWithin(..).totalWithin(..)";
      case BIDI_STREAMING, UNKNOWN -> "dialogue(..).firstWithin(..).idleWithin(..).totalWithin(..)";
    };
  }

  private static CommsException refused(MethodDescriptor<?, ?> method, String why) {
    return new CommsException.Misconfigured(method.getFullMethodName(), why);
  }

  /** The destination as configured. */
  @Override
  public String authority() {
    return calls.raw().target();
  }

  @Override
  public String toString() {
    return "guarded channel to " + authority();
  }
}
