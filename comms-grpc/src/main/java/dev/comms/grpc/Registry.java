package dev.comms.grpc;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.Host;
import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import java.util.HashMap;
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

  /**
   * What every answer needs.
   *
   * @param host the service
   * @param inFlight what is being answered
   * @param connections the bound per connection
   */
  record Shared(Host host, InFlight inFlight, ConnectionLimit connections) {}

  Registry(Map<Contract, Answerer> answerers, Shared shared) {
    Map<String, ServerMethodDefinition<byte[], byte[]>> all = new HashMap<>();
    answerers.forEach(
        (contract, answerer) -> {
          MethodDescriptor<byte[], byte[]> method = Topology.method(contract);
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
  }

  Set<String> services() {
    return services;
  }

  private static ServerCallHandler<byte[], byte[]> handler(
      Contract contract, Answerer answerer, Shared shared) {
    if (answerer instanceof Services.Marked service) {
      return (wire, headers) -> new ServedService(contract, service, shared, wire, headers).begin();
    }
    return contract instanceof Call<?, ?> call
        ? (wire, headers) -> new ServedUnary(call, answerer, shared, wire, headers).begin()
        : (wire, headers) -> new ServedStream(contract, answerer, shared, wire, headers).begin();
  }

  @Override
  public @Nullable ServerMethodDefinition<byte[], byte[]> lookupMethod(
      String method, @Nullable String authority) {
    return methods.get(method);
  }
}
