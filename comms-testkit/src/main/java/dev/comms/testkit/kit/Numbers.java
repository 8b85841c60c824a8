package dev.comms.testkit.kit;

import dev.comms.contract.Codec;
import java.nio.charset.StandardCharsets;

/** Whole numbers as decimal text; anything else cannot be decoded. */
final class Numbers implements Codec<Integer> {
  @Override
  public String contentType() {
    return "text/plain";
  }

  @Override
  public byte[] encode(Integer payload) {
    return payload.toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public Integer decode(byte[] body) {
    return Integer.valueOf(new String(body, StandardCharsets.US_ASCII));
  }
}
