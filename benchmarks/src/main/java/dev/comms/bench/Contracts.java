package dev.comms.bench;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import java.time.Duration;

/** What is sent: bytes as they are, so that no codec is measured. */
final class Contracts {
  static final byte[] BODY = new byte[100];

  static final Call<byte[], byte[]> CALL =
      Call.named("bench.Bench/Ask", Codec.bytes(), Codec.bytes())
          .asIdempotent()
          .answeredWithin(Duration.ofSeconds(1));
  static final Task<byte[]> TASK =
      Task.named("bench.work", Codec.bytes()).eachAttemptWithin(Duration.ofSeconds(1));
  static final Event<byte[]> EVENT =
      Event.named("bench.happened", Codec.bytes())
          .handledWithin(Duration.ofSeconds(1))
          .keyedBy(payload -> "key");

  private Contracts() {}
}
