package dev.comms.fake;

import dev.comms.contract.Codec;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Text as bytes; the text "bad" can neither be encoded nor decoded. It counts its decodings. */
public final class Text implements Codec<String> {
  static final Charset UTF = StandardCharsets.UTF_8;
  public final AtomicInteger decoded = new AtomicInteger();

  @Override
  public String contentType() {
    return "text/plain";
  }

  @Override
  public byte[] encode(String payload) {
    return checked(payload).getBytes(UTF);
  }

  @Override
  public String decode(byte[] body) {
    decoded.incrementAndGet();
    return checked(new String(body, UTF));
  }

  private static String checked(String text) {
    if (text.equals("bad")) {
      throw new IllegalArgumentException("bad text");
    }
    return text;
  }
}
