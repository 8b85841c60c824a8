package dev.comms.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.Base16;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One Lua script: called by its digest, sent whole to a server that does not know it.
 *
 * @param <T> Long, byte[] or List
 */
final class Script<T> {
  private final byte[] text;
  private final String digest;
  private final ScriptOutputType output;

  private Script(String text, ScriptOutputType output) {
    this.text = text.getBytes(StandardCharsets.UTF_8);
    this.digest = Base16.digest(this.text);
    this.output = output;
  }

  static Script<Long> number(String text) {
    return new Script<>(text, ScriptOutputType.INTEGER);
  }

  static Script<byte[]> text(String text) {
    return new Script<>(text, ScriptOutputType.VALUE);
  }

  static Script<List<Object>> list(String text) {
    return new Script<>(text, ScriptOutputType.MULTI);
  }

  CompletableFuture<T> run(
      RedisAsyncCommands<String, byte[]> commands, List<String> keys, Args args) {
    String[] names = keys.toArray(String[]::new);
    byte[][] values = args.toArray();
    return commands
        .<T>evalsha(digest, output, names, values)
        .toCompletableFuture()
        .exceptionallyCompose(
            failure ->
                Failures.root(failure) instanceof RedisNoScriptException
                    ? commands.<T>eval(text, output, names, values).toCompletableFuture()
                    : CompletableFuture.failedFuture(new CompletionException(failure)));
  }
}
