package dev.comms.testkit.history;

import dev.comms.contract.CommsException;
import dev.comms.spi.TaskDelivery;
import dev.comms.testkit.history.Entry.Facts;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A task's delivery that is written down. */
final class RecordedTask extends Recorded<TaskDelivery> implements TaskDelivery {

  RecordedTask(History history, TaskDelivery inner) {
    super(history, "", inner);
  }

  @Override
  public CompletableFuture<Void> retry(Duration after, CommsException why) {
    return settle("retry", after(after), () -> inner.retry(after, why));
  }

  @Override
  public CompletableFuture<Void> continueLater(byte[] state, Duration after) {
    return settle("continue", after(after), () -> inner.continueLater(state, after));
  }

  private static Map<String, String> after(Duration wait) {
    return Map.of(Facts.AFTER, String.valueOf(wait.toMillis()));
  }
}
