package dev.comms.grpc;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.StreamCall;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.Host;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who answers which method; of what is not here gRPC says UNIMPLEMENTED, with the method's name.
 */
final class Registry extends HandlerRegistry {
  private final Map<String, ServerMethodDefinition<byte[], byte[]>> methods;
  private final Set<String> services = new TreeSet<>();
  private final List<ServerServiceDefinition> described;

  /**
   * What every answer needs.
   *
   * @param host the service
   * @param inFlight what is being answered
   * @param connections the bound per connection
   * @param operations how the server is run
   */
  record Shared(Host host, InFlight inFlight, ConnectionLimit connections, Operations operations) {}

  Registry(Map<Contract, Answerer> answerers, Shared shared) {
    Map<String, ServerMethodDefinition<byte[], byte[]>> all = new HashMap<>();
    answerers.forEach(
        (contract, answerer) -> {
          MethodDescriptor<byte[], byte[]> method =
              Topology.method(contract).toBuilder(
                      BytesMarshaller.REQUESTS, BytesMarshaller.INSTANCE)
                  .build();
          var definition =
              ServerMethodDefinition.create(method, handler(contract, answerer, shared));
          if (all.put(method.getFullMethodName(), definition) != null) {
            throw new CommsException.Misconfigured(
                contract.name(),
                "two contracts are the method " + method.getFullMethodName() + "; rename one");
          }
          services.add(String.valueOf(method.getServiceName()));
        });
    this.methods = Map.copyOf(all);
    this.described = Described.services(answerers.keySet(), methods);
  }

  Set<String> services() {
    return services;
  }

  private static ServerCallHandler<byte[], byte[]> handler(
      Contract contract, Answerer answerer, Shared shared) {
    if (contract instanceof StreamCall<?, ?> && shared.operations().inProcess()) {
      return (wire, headers) -> {
        ReadAhead.Answered ahead = ReadAhead.over(wire);
        return ahead.listening(begin(contract, answerer, shared, ahead, headers));
      };
    }
    return (wire, headers) -> begin(contract, answerer, shared, over(wire, shared), headers);
  }

  private static ServerCall.Listener<byte[]> begin(
      Contract contract,
      Answerer answerer,
      Shared shared,
      ServerCall<byte[], byte[]> wire,
      Metadata headers) {
    if (answerer instanceof Services.Marked service) {
      return new ServedService(contract, service, shared, wire, headers).begin();
    }
    return contract instanceof Call<?, ?> call
        ? new ServedUnary(call, answerer, shared, wire, headers).begin()
        : new ServedStream(contract, answerer, shared, wire, headers).begin();
  }

  private static ServerCall<byte[], byte[]> over(ServerCall<byte[], byte[]> wire, Shared shared) {
    return shared.operations().compressed() ? Gzip.compressing(wire) : wire;
  }

  /** Those of generated methods, which reflection can tell of. */
  @Override
  public List<ServerServiceDefinition> getServices() {
    return described;
  }

  @Override
  public @Nullable ServerMethodDefinition<byte[], byte[]> lookupMethod(
      String method, @Nullable String authority) {
    return methods.get(method);
  }
}
