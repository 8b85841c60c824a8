package dev.comms.grpc;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.StreamCall;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.CallServer.Own;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Generated services, of which every method has its contract. Immutable.
 *
 * @param contracts as declared
 * @param methods by full name, former names included
 */
record Services(List<Contract> contracts, Map<String, ServerMethodDefinition<?, ?>> methods) {
  static final Services NONE = new Services(List.of(), Map.of());

  /**
   * These and one more.
   *
   * @throws CommsException.Misconfigured naming each method without a contract, or of another kind,
   *     and each contract without a method
   */
  Services plus(BindableService service, Contract... declared) {
    ServerServiceDefinition definition = service.bindService();
    String name = definition.getServiceDescriptor().getName();
    Map<String, Contract> named = new LinkedHashMap<>();
    for (Contract contract : declared) {
      if (named.put(Topology.fullName(contract.name()), contract) != null) {
        throw new CommsException.Misconfigured(name, contract + " is given twice; give it once");
      }
    }
    List<String> wrong = new ArrayList<>();
    Map<String, ServerMethodDefinition<?, ?>> all = new HashMap<>(methods);
    for (ServerMethodDefinition<?, ?> method : definition.getMethods()) {
      MethodDescriptor<?, ?> is = method.getMethodDescriptor();
      Contract contract = named.remove(is.getFullMethodName());
      if (contract == null) {
        wrong.add(is.getFullMethodName() + " has no declared contract, so it has no limit");
      } else if (Topology.method(contract).getType() != is.getType()) {
        wrong.add(is.getFullMethodName() + " is " + is.getType() + " but there is a " + contract);
      } else {
        names(contract).forEach(one -> all.put(Topology.fullName(one), method));
      }
    }
    named.values().forEach(one -> wrong.add(one + " is no method of it"));
    if (!wrong.isEmpty()) {
      throw new CommsException.Misconfigured(
          name,
          String.join("; ", wrong)
              + "; declare each method's contract with GrpcCall and give it to serving(..)");
    }
    List<Contract> more = new ArrayList<>(contracts);
    more.addAll(List.of(declared));
    return new Services(List.copyOf(more), Map.copyOf(all));
  }

  private static List<String> names(Contract contract) {
    List<String> names = new ArrayList<>(List.of(contract.name()));
    names.addAll(contract.aliases());
    return names;
  }

  /** What core is to send on its way. */
  Map<Contract, Own> own() {
    Map<Contract, Own> own = new LinkedHashMap<>();
    contracts.forEach(contract -> own.put(contract, Services::answer));
    return own;
  }

  private static CompletableFuture<Void> answer(Envelope head, Pipe pipe, Deadline deadline)
      throws Exception {
    return ((ServedService.Line) pipe).serve(head, deadline);
  }

  /** The answerers, those of generated services marked as such. */
  Map<Contract, Answerer> mark(Map<Contract, Answerer> answerers) {
    Map<Contract, Answerer> marked = new HashMap<>();
    answerers.forEach(
        (contract, answerer) -> {
          ServerMethodDefinition<?, ?> method = methods.get(Topology.fullName(contract.name()));
          marked.put(contract, method == null ? answerer : new Marked(method, answerer));
        });
    return marked;
  }

  /**
   * Who answers a method of a generated service.
   *
   * @param method the service's own
   * @param way the way to it
   */
  record Marked(ServerMethodDefinition<?, ?> method, Answerer way) implements Answerer {
    @Override
    public CompletableFuture<Envelope> answer(Envelope request, Deadline deadline) {
      return way.answer(request, deadline);
    }

    @Override
    public CompletableFuture<Void> stream(Envelope head, Pipe pipe, Deadline deadline) {
      return way.stream(head, pipe, deadline);
    }
  }

  /** The media type of what the caller of this contract sends. */
  static String contentType(Contract contract) {
    return contract instanceof Call<?, ?> call
        ? call.request().contentType()
        : ((StreamCall<?, ?>) contract).request().contentType();
  }
}
