package dev.comms.bench.pair;

import java.io.IOException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One of the two that are compared: the same operation with comms or with a raw client. */
interface Side extends AutoCloseable {

  /** What is told of an operation's end: a result nobody looks at, or a failure. */
  interface Done extends BiConsumer<@Nullable Object, @Nullable Throwable> {}

  /** One operation, waited for. */
  void one() throws Exception;

  /** Begins one operation; for use by one thread. */
  void begin(Done done) throws Exception;

  @Override
  void close() throws IOException;
}
