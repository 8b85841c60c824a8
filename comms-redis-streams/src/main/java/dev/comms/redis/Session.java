package dev.comms.redis;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections: one for commands, and one for each reader that blocks. Nothing is written while
 * disconnected and nothing is written twice after a reconnect: an XADD that was replayed would be
 * two messages.
 */
final class Session implements AutoCloseable {
  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
  private static final Duration LEAST_CONNECT = Duration.ofSeconds(5);
  private static final int QUEUE = 131_072;

  private final RedisConfig config;
  private final PartState state = new PartState("redis");
  private final Object lock = new Object();
  private @Nullable ClientResources resources; // guarded by lock
  private @Nullable RedisClient client; // guarded by lock
  private boolean closed; // guarded by lock
  private final SharedConnection shared = new SharedConnection(state);
  private volatile Map<String, String> server = Map.of();

  Session(RedisConfig config) {
    this.config = config;
  }

  /** Connects, asks who answers, and warns of settings that lose messages. */
  CompletableFuture<Void> connect(Host host) {
    CompletableFuture<Void> connected = new CompletableFuture<>();
    host.time().schedule(patience().multipliedBy(2), () -> connected.completeExceptionally(late()));
    try {
      open(host)
          .connectAsync(CODEC, uri(host.service()))
          .toCompletableFuture()
          .thenCompose(
              made -> {
                shared.use(made);
                return made.async().ping().thenCompose(pong -> info(made.async()));
              })
          .whenComplete(
              (info, failure) -> {
                if (failure == null) {
                  accept(info, host, connected);
                } else {
                  connected.completeExceptionally(unreachable(failure));
                }
              });
    } catch (RuntimeException failure) {
      connected.completeExceptionally(unreachable(failure));
    }
    return connected.whenComplete(
        (ok, failure) -> {
          if (failure != null) {
            shutdown();
          }
        });
  }

  private void accept(@Nullable String info, Host host, CompletableFuture<Void> connected) {
    try {
      server =
          info == null
              ? ServerCheck.unknown(config.address())
              : ServerCheck.facts(info, config.address());
      state.is(Health.State.UP);
      shared.watch(host.time(), () -> dedicated(host.service(), Duration.ZERO));
      connected.complete(null);
    } catch (RuntimeException refused) {
      connected.completeExceptionally(refused);
    }
  }

  /** Null if the server does not tell: an ACL may deny INFO, and everything else works. */
  private static CompletionStage<@Nullable String> info(RedisAsyncCommands<String, byte[]> to) {
    CompletableFuture<@Nullable String> told = new CompletableFuture<>();
    to.info()
        .whenComplete(
            (text, failure) -> {
              if (failure == null || Failures.answered(failure)) {
                told.complete(text);
              } else {
                told.completeExceptionally(failure);
              }
            });
    return told;
  }

  /** What is written here while disconnected fails at once, certainly unsent. */
  RedisAsyncCommands<String, byte[]> commands() {
    StatefulRedisConnection<String, byte[]> now = shared.current();
    if (now == null) {
      throw Failures.notSent(
          "redis", "redis is not connected; start comms first, and look at the server");
    }
    return now.async();
  }

  boolean connected() {
    StatefulRedisConnection<String, byte[]> now = shared.current();
    return now != null && now.isOpen();
  }

  /** A connection for one reader that may block for so long; the reader closes it. */
  CompletableFuture<StatefulRedisConnection<String, byte[]>> dedicated(
      String service, Duration block) {
    RedisClient open;
    synchronized (lock) {
      open = client;
    }
    if (open == null) {
      return CompletableFuture.failedFuture(Failures.notSent("redis", "this transport is closed"));
    }
    return open.connectAsync(CODEC, uri(service))
        .toCompletableFuture()
        .thenApply(
            made -> {
              // Above BLOCK: an entry that answers a command given up by the client is lost to it.
              made.setTimeout(block.plus(patience()));
              return made;
            });
  }

  /** How long the server may take for what does not block. */
  Duration patience() {
    Duration limit = config.confirmedWithin();
    return limit.compareTo(LEAST_CONNECT) > 0 ? limit : LEAST_CONNECT;
  }

  Health.Part part() {
    return state.part(server);
  }

  @Override
  public void close() {
    shutdown();
    shared.close();
  }

  private RedisClient open(Host host) {
    synchronized (lock) {
      if (closed || client != null) {
        throw Failures.notSent("redis", "this transport was attached before; make a new one");
      }
      resources =
          ClientResources.builder()
              .reconnectDelay(
                  Delay.fullJitter(
                      Duration.ofMillis(50), Duration.ofSeconds(2), 50, TimeUnit.MILLISECONDS))
              .build();
      client = RedisClient.create(resources, uri(host.service()));
      client.setOptions(options());
      client.addListener(
          new RedisConnectionStateListener() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> to, SocketAddress address) {
              shared.heard(to, Health.State.UP);
            }

            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> from) {
              shared.heard(from, Health.State.DOWN);
            }
          });
      return client;
    }
  }

  private ClientOptions options() {
    return ClientOptions.builder()
        .autoReconnect(true)
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(QUEUE)
        .replayFilter(command -> true)
        .socketOptions(SocketOptions.builder().connectTimeout(patience()).build())
        .timeoutOptions(TimeoutOptions.enabled())
        .build();
  }

  private RedisURI uri(String service) {
    RedisURI uri = RedisURI.create(config.uri());
    uri.setTimeout(patience());
    uri.setClientName("comms-" + service.replaceAll("[^!-~]", "-"));
    return uri;
  }

  private void shutdown() {
    RedisClient ending;
    ClientResources ended;
    synchronized (lock) {
      closed = true;
      ending = client;
      ended = resources;
      client = null;
      resources = null;
    }
    if (ending != null && ended != null) {
      ending
          .shutdownAsync(0, 1, TimeUnit.SECONDS)
          .whenComplete((done, failure) -> ended.shutdown(0, 1, TimeUnit.SECONDS));
    }
  }

  private CommsException late() {
    return unreachable(new RedisConnectionException("no answer within " + patience()));
  }

  private CommsException unreachable(Throwable failure) {
    CommsException known = Failures.of("redis", failure);
    if (!(known instanceof Unavailable)) {
      return known;
    }
    return new Unavailable(
        Facts.of("redis")
            .effect(Effect.NONE)
            .fault(Fault.NETWORK)
            .message(
                "no redis answers at " + config.address() + "; start one there, or correct the uri")
            .cause(Failures.root(failure)));
  }
}
