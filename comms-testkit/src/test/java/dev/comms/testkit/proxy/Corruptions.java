package dev.comms.testkit.proxy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a corrupting proxy made of bytes. */
final class Corruptions {
  private Corruptions() {}

  /** Where the two differ. */
  static List<Integer> places(byte[] sent, byte[] came) {
    return IntStream.range(0, sent.length).filter(i -> sent[i] != came[i]).boxed().toList();
  }

  /** Sent in pieces of this size, through a proxy with this seed. */
  static byte[] corrupted(long seed, byte[] sent, int size) throws Exception {
    try (Peers peers = new Peers(seed)) {
      peers.proxy.apply(NetworkFault.corrupt(0.1));
      Peers.Link link = peers.link();
      ByteArrayOutputStream came = new ByteArrayOutputStream();
      for (int at = 0; at < sent.length; at += size) {
        came.write(link.pass(Direction.SERVER, Arrays.copyOfRange(sent, at, at + size)));
      }
      return came.toByteArray();
    }
  }
}
