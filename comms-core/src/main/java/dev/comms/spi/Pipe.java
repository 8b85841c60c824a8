package dev.comms.spi;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An open stream, one side of it. One write and one read may be under way at a time; a write is
 * done when the peer can take the next, which is the back-pressure.
 */
public non-sealed interface Pipe extends Reply {

  /** A write after the peer has ended the stream regularly is dropped, and done. */
  CompletableFuture<Void> write(byte[] message);

  /** Nothing more will be written. For the answering side this is the regular end of the stream. */
  CompletableFuture<Void> finish();

  /** The next message, or null at the regular end. */
  CompletableFuture<byte @Nullable []> read();

  /** Done when the stream has ended, and failed with why if that was not regular. */
  CompletableFuture<Void> ended();

  /** Ends the stream at once on both sides; a second call does nothing. */
  void cancel(Throwable why);
}
