package dev.comms.shop.gateway;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every few seconds for orders whose task nobody confirmed; see {@link OrderDesk}. */
final class Reconciler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final long EVERY_SECONDS = 5;

  /** Longer than a submission may take, so that one that is under way is left alone. */
  private static final Duration UNCONFIRMED_FOR = Duration.ofSeconds(15);

  private final OrderDesk desk;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "gateway-reconciler");
            thread.setDaemon(true);
            return thread;
          });

  Reconciler(OrderDesk desk) {
    this.desk = desk;
  }

  void start() {
    clock.scheduleWithFixedDelay(this::look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  private void look() {
    try {
      desk.reconcile(UNCONFIRMED_FOR);
    } catch (SQLException | RuntimeException failure) {
      LOG.warn("unconfirmed orders were not looked at; trying again: {}", failure.toString());
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
