package dev.comms;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import java.util.function.Consumer;

/** Writes one side's messages; each waits until the peer can take the next. For one thread. */
final class Outgoing<T> implements Consumer<T> {
  private final OpenStream stream;
  private final Codec<T> codec;
  private boolean finished;

  Outgoing(OpenStream stream, Codec<T> codec) {
    this.stream = stream;
    this.codec = codec;
  }

  @Override
  public void accept(T message) {
    send(message);
  }

  /** False if the other side has ended the stream regularly, and takes no more. */
  boolean send(T message) {
    if (finished) {
      throw new CommsException.Misconfigured(
          Facts.of(stream.contract().name())
              .effect(Effect.NONE)
              .fault(Fault.LOCAL)
              .message("a message was sent after the last; send it before"));
    }
    byte[] body = Sender.encode(stream.contract(), codec, message);
    if (stream.over()) {
      return false;
    }
    stream.write(body);
    return true;
  }

  /** Nothing more will be sent; a second call does nothing. */
  void finish() {
    if (!finished) {
      finished = true;
      stream.finish();
    }
  }
}
