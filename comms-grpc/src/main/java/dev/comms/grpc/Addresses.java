package dev.comms.grpc;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of a static list. Names are looked up again whenever a connection is lost; one that
 * cannot be found is left out while others can. Each connection is made under the name that stands
 * in the list, so that TLS checks that name and not the first one's. Confined to the channel's
 * {@link SynchronizationContext}, but for the lookup itself.
 */
final class Addresses extends NameResolver {
  private static final Logger LOG = LoggerFactory.getLogger(Addresses.class);
  static final String SCHEME = "comms-list";

  private final Connecting connecting;
  private final SynchronizationContext confined;
  private final Executor blocking;
  private @Nullable Listener2 listener;
  private boolean looking;
  private Set<String> missing = Set.of();

  private Addresses(Connecting connecting, SynchronizationContext confined, Executor blocking) {
    this.connecting = connecting;
    this.confined = confined;
    this.blocking = blocking;
  }

  /** Makes the resolver of a channel whose target has the scheme above. */
  static NameResolver.Factory factory(Connecting connecting, Executor blocking) {
    return new NameResolver.Factory() {
      @Override
      public NameResolver newNameResolver(URI target, Args args) {
        return new Addresses(connecting, args.getSynchronizationContext(), blocking);
      }

      @Override
      public String getDefaultScheme() {
        return SCHEME;
      }
    };
  }

  /** For the channel as a whole; each address brings its own. */
  @Override
  public String getServiceAuthority() {
    return connecting.list().get(0).authority();
  }

  @Override
  public void start(Listener2 told) {
    listener = told;
    look();
  }

  @Override
  public void refresh() {
    look();
  }

  @Override
  public void shutdown() {
    listener = null;
  }

  private void look() {
    if (looking || listener == null) {
      return;
    }
    looking = true;
    try {
      blocking.execute(
          () -> {
            Found found = find();
            confined.execute(() -> tell(found));
          });
    } catch (RejectedExecutionException closing) {
      looking = false;
    }
  }

  /** What a lookup found: each address once, under the first name that has it. */
  private record Found(Map<SocketAddress, String> addresses, Set<String> missing) {}

  private Found find() {
    Map<SocketAddress, String> addresses = new LinkedHashMap<>();
    Set<String> unknown = new HashSet<>();
    for (Place place : connecting.list()) {
      try {
        for (InetAddress address : connecting.lookup().all(place.host())) {
          addresses.putIfAbsent(new InetSocketAddress(address, place.port()), place.authority());
        }
      } catch (UnknownHostException nobody) {
        unknown.add(place.host());
      }
    }
    return new Found(addresses, unknown);
  }

  private void tell(Found found) {
    looking = false;
    Listener2 told = listener;
    if (told == null) {
      return;
    }
    if (found.addresses().isEmpty()) {
      told.onError(
          Status.UNAVAILABLE.withDescription("no server of the list is known: " + found.missing()));
      return;
    }
    warn(found.missing());
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    found.addresses().forEach((address, name) -> groups.add(group(address, name)));
    told.onResult(
        ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(groups)).build());
  }

  private static EquivalentAddressGroup group(SocketAddress address, String name) {
    return new EquivalentAddressGroup(
        address,
        Attributes.newBuilder().set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, name).build());
  }

  /** Once per change: it is looked up at every loss of a connection. */
  private void warn(Set<String> unknown) {
    if (!unknown.equals(missing) && !unknown.isEmpty()) {
      LOG.warn(
          "grpc list {}: {} cannot be found and is left out; look at the name and at DNS",
          connecting.list(),
          unknown);
    }
    missing = unknown;
  }
}
