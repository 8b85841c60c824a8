package dev.comms;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.StreamCall;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Calls to one destination on bytes: the same way, the same policies and the same limits as {@link
 * Calls}, but for the codecs. For relays, and for stubs that encode and decode themselves.
 * Immutable and safe for use by many threads.
 */
public final class RawCalls {
  private final Calls calls;
  private final Engine engine;

  RawCalls(Calls calls, Engine engine) {
    this.calls = calls;
    this.engine = engine;
  }

  /** The destination as configured. */
  public String target() {
    return calls.target();
  }

  /** Where continuations of its futures run: a bounded pool, on which nothing may block. */
  public Executor callbacks() {
    return engine.callbacks;
  }

  /**
   * For stubs that block by themselves: refuses where a blocking verb would be.
   *
   * @throws CommsException.Misconfigured on a thread that runs continuations of comms
   */
  public void mayWait(Contract contract) {
    engine.mayWait(contract);
  }

  /**
   * Calls; the future fails with a {@link CommsException}, and cancelling it reaches the wire.
   *
   * @param call its codecs only name the media types
   * @param request handed over and not written again
   * @return the reply with its headers
   */
  public CompletableFuture<Envelope> call(Call<?, ?> call, byte[] request) {
    try {
      return calls.callRaw(call, request);
    } catch (CommsException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  /**
   * Opens a stream; cancelling the future reaches the wire. No thread waits in this form, so a
   * timer keeps the limits for the first message and for silence: while a read or a write is under
   * way, something must come or go. The limit that passes ends the stream and fails what is under
   * way.
   *
   * @param call its codecs only name the media types
   * @param head the request of a download, and empty for the others
   */
  public CompletableFuture<Pipe> open(StreamCall<?, ?> call, byte[] head) {
    try {
      return calls.openRaw(call, head);
    } catch (CommsException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }
}
