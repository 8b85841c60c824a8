package dev.comms.testkit;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Contracts on texts for the tests of the testkit; an event's key is what stands before a dash. */
final class Talks {
  static final Codec<String> TEXT = new Text();
  static final Call<String, String> ASK =
      Call.named("ask", TEXT, TEXT).asIdempotent().answeredWithin(Duration.ofSeconds(1));
  static final Task<String> MAIL =
      Task.named("mail", TEXT).eachAttemptWithin(Duration.ofSeconds(30)).attempts(3);
  static final Event<String> SEEN =
      Event.named("seen", TEXT)
          .handledWithin(Duration.ofSeconds(10))
          .keyedBy(text -> text.split("-", 2)[0]);

  private Talks() {}

  private static final class Text implements Codec<String> {
    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public byte[] encode(String payload) {
      return payload.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] body) {
      return new String(body, StandardCharsets.UTF_8);
    }
  }
}
