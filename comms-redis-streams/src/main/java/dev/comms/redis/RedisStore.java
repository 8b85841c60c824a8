package dev.comms.redis;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.spi.Host;
import dev.comms.spi.Store;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store in Redis: what {@code unique} tasks and schedules remember, in the namespace of its
 * configuration. Each entry is one key, so it lives in one hash slot; the server's clock ends it.
 * It is as durable as the server: what a failover loses is free again. An answer takes at most the
 * limit of the configuration, or 5 s if that is longer. Safe for use by many threads.
 */
public final class RedisStore implements Store {
  private static final Script<byte[]> CLAIM =
      Script.text(
          """
          local held = redis.call('GET', KEYS[1])
          if held then return held end
          redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
          return ARGV[1]
          """);

  private static final Script<Long> REPLACE =
      Script.number(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
          redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
          return 1
          """);

  private static final Script<Long> RELEASE =
      Script.number(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
          return redis.call('DEL', KEYS[1])
          """);

  private final RedisConfig config;
  private final Session session;
  private volatile @Nullable Host host;

  private RedisStore(RedisConfig config) {
    this.config = config;
    this.session = new Session(config);
  }

  /** A store of this configuration, with a connection of its own; no I/O before it is opened. */
  public static RedisStore of(RedisConfig config) {
    return new RedisStore(config);
  }

  @Override
  public String system() {
    return "redis";
  }

  @Override
  public CompletableFuture<Void> open(Host opener) {
    host = opener;
    return session
        .connect(opener)
        .handleAsync(
            (connected, failure) -> {
              if (failure != null) {
                throw Failures.of("store", failure);
              }
              return null;
            },
            opener.callbacks());
  }

  @Override
  public CompletableFuture<String> claim(String key, String value, Duration life) {
    return ask(() -> {
          Store.check(key, value, life);
          return CLAIM.run(session.commands(), List.of(name(key)), Args.of(value, life.toMillis()));
        })
        .thenApply(held -> new String(held, StandardCharsets.UTF_8));
  }

  @Override
  public CompletableFuture<Boolean> replace(
      String key, String expected, String value, Duration life) {
    return ask(() -> {
          Store.check(key, value, life);
          return REPLACE.run(
              session.commands(), List.of(name(key)), Args.of(expected, value, life.toMillis()));
        })
        .thenApply(changed -> changed == 1);
  }

  @Override
  public CompletableFuture<Boolean> release(String key, String value) {
    return ask(() -> RELEASE.run(session.commands(), List.of(name(key)), Args.of(value)))
        .thenApply(removed -> removed == 1);
  }

  @Override
  @SuppressWarnings("NullAway") // javac 17 does not see in Store.class that it may answer null
  public CompletableFuture<@Nullable String> find(String key) {
    return ask(() -> session.commands().get(name(key)).toCompletableFuture())
        .thenApply(found -> found == null ? null : new String(found, StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    session.close();
  }

  @Override
  public String toString() {
    return "redis store at " + config.address() + ", namespace " + config.namespace();
  }

  private String name(String key) {
    return config.namespace() + ":store:" + key;
  }

  /** Nobody's code runs on the client's I/O thread. */
  private <T> CompletableFuture<T> ask(Supplier<CompletableFuture<T>> question) {
    Host known = host;
    if (known == null) {
      return CompletableFuture.failedFuture(
          new Misconfigured(
              "store", "the redis store is not open; give it to Comms, or call open(host)"));
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      question
          .get()
          .whenCompleteAsync(
              (value, failure) -> {
                if (failure == null) {
                  answer.complete(value);
                } else {
                  answer.completeExceptionally(Failures.of("store", failure));
                }
              },
              known.callbacks());
    } catch (CommsException failed) {
      answer.completeExceptionally(failed);
    }
    return answer;
  }
}
