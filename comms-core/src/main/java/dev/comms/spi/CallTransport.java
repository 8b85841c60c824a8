package dev.comms.spi;

import dev.comms.contract.Call;
import dev.comms.contract.Deadline;
import dev.comms.contract.StreamCall;
import java.util.concurrent.CompletableFuture;

/** Carries calls to one destination. */
public interface CallTransport extends Transport {

  /** The destination as configured, for metrics and messages; never an address per peer. */
  String target();

  /**
   * One attempt. It ends at the deadline at the latest and forgets its state then; cancelling the
   * future reaches the wire.
   */
  CompletableFuture<Envelope> call(Call<?, ?> call, Envelope request, Deadline deadline);

  /**
   * Opens a stream: done when the head was handed to the wire. It ends at the deadline at the
   * latest. The body of the head is the request of a download, and of no other kind a message.
   */
  CompletableFuture<Pipe> open(StreamCall<?, ?> call, Envelope head, Deadline deadline);
}
