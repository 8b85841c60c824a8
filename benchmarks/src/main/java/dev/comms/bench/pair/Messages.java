package dev.comms.bench.pair;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** What both sides send: the same bytes under the same names and limits. */
final class Messages {
  static final Duration LIMIT = Duration.ofSeconds(5);
  static final byte[] BODY = body(100);
  static final String KEY = "key";
  static final String CONTENT_TYPE = Codec.bytes().contentType();
  static final String SERVICE = "bench";

  static final Call<byte[], byte[]> CALL =
      Call.named("bench.Bench/Ask", Codec.bytes(), Codec.bytes())
          .asIdempotent()
          .answeredWithin(LIMIT);
  static final Task<byte[]> TASK = Task.named("bench.work", Codec.bytes()).eachAttemptWithin(LIMIT);
  static final Event<byte[]> EVENT =
      Event.named("bench.happened", Codec.bytes()).handledWithin(LIMIT).keyedBy(payload -> KEY);

  private static final long HIGH = new Random().nextLong();
  private static final AtomicLong LOW = new AtomicLong();

  private Messages() {}

  /** An id of the length and the price of ours, so that the raw side pays no more for it. */
  static String id() {
    return new UUID(HIGH, LOW.getAndIncrement()).toString();
  }

  /** The same in each process, and nothing that a compression could shorten. */
  private static byte[] body(int length) {
    byte[] body = new byte[length];
    new Random(length).nextBytes(body);
    return body;
  }
}
