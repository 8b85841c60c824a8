package dev.comms.grpc;

import dev.comms.contract.Effect;
import dev.comms.contract.Peer;
import dev.comms.grpc.Authorizer.Access;
import dev.comms.spi.Host;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the authorizer before anything else is done for a call. It stands in front of all services
 * of the server, so that one that is added later is not open by mistake.
 */
final class Authorizing implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(Authorizing.class);
  static final Duration DECIDED_WITHIN = Duration.ofSeconds(10);

  private final String server;
  private final Authorizer authorizer;
  private final Host host;

  Authorizing(String server, Authorizer authorizer, Host host) {
    this.server = server;
    this.authorizer = authorizer;
    this.host = host;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    MethodDescriptor<Q, R> method = call.getMethodDescriptor();
    // Balancers ask for health before they know anybody.
    if (HealthGrpc.SERVICE_NAME.equals(method.getServiceName())) {
      return next.startCall(call, headers);
    }
    CompletableFuture<Access> decision = decide(call, headers);
    if (!decision.isDone()) {
      return wait(decision, call, headers, next);
    }
    return begin(decided(decision, method), call, headers, next);
  }

  private CompletableFuture<Access> decide(ServerCall<?, ?> call, Metadata headers) {
    try {
      return authorizer
          .decide(
              new Authorizer.Request(
                  call.getMethodDescriptor().getFullMethodName(),
                  call.getAttributes().get(Peers.PEER),
                  EnvelopeMapper.shown(headers)))
          // A stage need not be a future, and a future of the user's must not be ended by us.
          .thenApply(access -> access)
          .toCompletableFuture();
    } catch (Throwable broken) {
      return CompletableFuture.failedFuture(broken);
    }
  }

  private <Q, R> ServerCall.Listener<Q> wait(
      CompletableFuture<Access> decision,
      ServerCall<Q, R> call,
      Metadata headers,
      ServerCallHandler<Q, R> next) {
    Withheld<Q> withheld = new Withheld<>();
    Context context = Context.current();
    var timer =
        host.time()
            .schedule(
                DECIDED_WITHIN,
                () ->
                    decision.completeExceptionally(
                        new IllegalStateException(
                            "no decision within " + DECIDED_WITHIN.toSeconds() + " s")));
    decision.whenComplete(
        (access, failure) -> {
          timer.cancel();
          host.callbacks()
              .execute(
                  context.wrap(
                      () -> {
                        Access decided = decided(decision, call.getMethodDescriptor());
                        if (!withheld.gone()) {
                          withheld.release(late(decided, call, headers, next));
                        }
                      }));
        });
    return withheld;
  }

  /** As gRPC does when a call cannot be begun: here nobody else would end it. */
  private <Q, R> ServerCall.Listener<Q> late(
      Access access, ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    try {
      return begin(access, call, headers, next);
    } catch (RuntimeException broken) {
      LOG.error("{}: {} could not begin", server, call.getMethodDescriptor(), broken);
      call.close(Status.UNKNOWN, new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  /** What breaks denies. */
  private Access decided(CompletableFuture<Access> decision, MethodDescriptor<?, ?> method) {
    try {
      Access access = decision.join();
      if (access != null) {
        return access;
      }
      return broken(method, new IllegalStateException("the decision is null"));
    } catch (CompletionException broken) {
      return broken(method, broken.getCause() == null ? broken : broken.getCause());
    } catch (RuntimeException cancelled) {
      return broken(method, cancelled);
    }
  }

  private Access broken(MethodDescriptor<?, ?> method, Throwable failure) {
    String errorId = UUID.randomUUID().toString();
    LOG.error(
        "{}: the authorizer broke over {}, so the call was denied; the caller was told only error"
            + " id {}",
        server,
        method.getFullMethodName(),
        errorId,
        failure);
    return Access.deny("it could not be decided whether you may; its log has error id " + errorId);
  }

  private <Q, R> ServerCall.Listener<Q> begin(
      Access access, ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (access.kind() == Access.Kind.ALLOWED) {
      Peer peer = access.peer();
      return next.startCall(peer == null ? call : known(call, peer), headers);
    }
    boolean unknown = access.kind() == Access.Kind.UNAUTHENTICATED;
    Status.Code code = unknown ? Status.Code.UNAUTHENTICATED : Status.Code.PERMISSION_DENIED;
    count(call.getMethodDescriptor(), unknown ? "unauthenticated" : "denied");
    if (!call.isCancelled()) {
      Wire wire = Wire.of(code, code.name(), access.reason(), Effect.NONE, null, null);
      call.close(wire.status(), wire.trailers());
    }
    return new ServerCall.Listener<>() {};
  }

  private void count(MethodDescriptor<?, ?> method, String reason) {
    host.meters()
        .counter(
            "comms.refused",
            "contract",
            method.getFullMethodName(),
            "reason",
            reason,
            "mode",
            "enforce")
        .increment();
  }

  private static <Q, R> ServerCall<Q, R> known(ServerCall<Q, R> call, Peer peer) {
    Attributes attributes = call.getAttributes().toBuilder().set(Peers.PEER, peer).build();
    return new SimpleForwardingServerCall<>(call) {
      @Override
      public Attributes getAttributes() {
        return attributes;
      }
    };
  }
}
