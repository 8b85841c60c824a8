package dev.comms.grpc;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.Contract;
import dev.comms.contract.StreamCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The services as gRPC's reflection wants them: with the descriptors that generated methods bring
 * along. What was not generated has none, and is left out.
 */
final class Described {
  private Described() {}

  static List<ServerServiceDefinition> services(
      Collection<Contract> contracts, Map<String, ServerMethodDefinition<byte[], byte[]>> methods) {
    Map<String, ServiceDescriptor.Builder> descriptors = new TreeMap<>();
    Map<String, List<ServerMethodDefinition<byte[], byte[]>>> members = new TreeMap<>();
    for (Contract contract : contracts) {
      var method = methods.get(Topology.fullName(contract.name()));
      if (method != null && schema(contract) instanceof ProtoFileDescriptorSupplier file) {
        String service = String.valueOf(method.getMethodDescriptor().getServiceName());
        descriptors
            .computeIfAbsent(service, name -> ServiceDescriptor.newBuilder(name))
            .setSchemaDescriptor(file)
            .addMethod(method.getMethodDescriptor());
        members.computeIfAbsent(service, name -> new ArrayList<>()).add(method);
      }
    }
    List<ServerServiceDefinition> services = new ArrayList<>();
    descriptors.forEach(
        (name, descriptor) -> {
          var service = ServerServiceDefinition.builder(descriptor.build());
          members.getOrDefault(name, List.of()).forEach(service::addMethod);
          services.add(service.build());
        });
    return List.copyOf(services);
  }

  private static @Nullable Object schema(Contract contract) {
    Codec<?> codec = null;
    if (contract instanceof Call<?, ?> call) {
      codec = call.request();
    } else if (contract instanceof StreamCall<?, ?> stream) {
      codec = stream.request();
    }
    return codec instanceof MarshallerCodec<?> generated ? generated.schema() : null;
  }
}
