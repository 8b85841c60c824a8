package dev.comms.spi;

import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Listens for calls. {@link #answer} comes before {@link #attach}, which begins to listen. */
public interface CallServer extends Transport {

  /** Where it listens, once attached: host:port. */
  String address();

  /** Who answers what; calls without an answerer are refused as unimplemented. */
  void answer(Map<Contract, Answerer> answerers);

  /**
   * What the transport brings answers for in its own words, such as generated services; by default
   * nothing. They take the same way as every handler: {@link #answer} names an answerer for each,
   * whose {@code stream} serves also a call, and hands the given pipe back to {@link Own}.
   */
  default Map<Contract, Own> own() {
    return Map.of();
  }

  /** Answers in the transport's own words; called on a handler's thread, with its context set. */
  interface Own {

    /**
     * Done when the answer is complete; it may block, and is interrupted when its time is over.
     *
     * @param pipe the one that the transport gave to the answerer
     */
    CompletableFuture<Void> answer(Envelope head, Pipe pipe, Deadline deadline) throws Exception;
  }

  /** Answers bytes; it does not block the calling thread. */
  interface Answerer {

    /** The reply, or a failure whose kind the transport puts on the wire. */
    CompletableFuture<Envelope> answer(Envelope request, Deadline deadline);

    /**
     * Answers a stream; done when the answer is complete, which is also the end of the stream. A
     * download's request is in the head; of the other kinds all messages come through the pipe. The
     * transport cancels the future when the peer has gone.
     */
    CompletableFuture<Void> stream(Envelope head, Pipe pipe, Deadline deadline);
  }
}
