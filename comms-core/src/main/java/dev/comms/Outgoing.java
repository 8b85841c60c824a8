package dev.comms;

import dev.comms.contract.Deadline;
import dev.comms.contract.Download;
import dev.comms.contract.Time;
import dev.comms.spi.Pipe;
import java.util.function.Consumer;

/** Writes the messages of a download; each waits until the peer can take the next. */
final class Outgoing<R> implements Consumer<R> {
  private final Download<?, R> download;
  private final Pipe pipe;
  private final Time time;
  private final Deadline total;

  Outgoing(Download<?, R> download, Pipe pipe, Time time, Deadline total) {
    this.download = download;
    this.pipe = pipe;
    this.time = time;
    this.total = total;
  }

  @Override
  public void accept(R message) {
    byte[] body = Sender.encode(download, download.reply(), message);
    time.await(pipe.write(body), download.name(), total.within(download.idleWithin()));
  }

  void finish() {
    time.await(pipe.finish(), download.name(), total.within(download.idleWithin()));
  }
}
