package dev.comms.shop.gateway;

import static dev.comms.shop.contracts.Contracts.INVENTORY_UPDATES;

import dev.comms.Calls;
import dev.comms.Incoming;
import dev.comms.contract.CommsException;
import dev.comms.shop.gateway.SseHub.Message;
import dev.comms.shop.inventory.v1.InventoryFilter;
import dev.comms.shop.inventory.v1.InventoryUpdate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the inventory's stream open, remembers the latest stock and tells those who watch. */
final class StockBoard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StockBoard.class);
  private static final long REOPEN_MILLIS = 1_000;

  private final Calls inventory;
  private final SseHub hub;
  private final Map<Integer, Message> latest = new ConcurrentSkipListMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread reader = new Thread(this::run, "gateway-stock");
  private volatile @Nullable Incoming<InventoryUpdate> open;

  StockBoard(Calls inventory, SseHub hub) {
    this.inventory = inventory;
    this.hub = hub;
    reader.setDaemon(true);
  }

  void start() {
    reader.start();
  }

  /** The latest stock of every product. */
  List<Message> snapshot() {
    return List.copyOf(latest.values());
  }

  private void run() {
    try {
      do {
        try (Incoming<InventoryUpdate> updates =
            inventory.open(INVENTORY_UPDATES, InventoryFilter.getDefaultInstance())) {
          open = updates;
          while (closing.getCount() > 0 && updates.hasNext()) {
            show(updates.next());
          }
        } catch (CommsException ended) {
          LOG.debug("the stream of stock ended and is opened again", ended);
        }
      } while (!closing.await(REOPEN_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private void show(InventoryUpdate update) {
    Message message =
        new Message(
            null,
            "stock",
            Json.MAPPER.writeValueAsString(
                Map.of(
                    "productId", update.getProductId(),
                    "stock", update.getNewStock(),
                    "timestamp", update.getTimestamp())));
    latest.put(update.getProductId(), message);
    hub.publish("stock", message);
  }

  @Override
  public void close() {
    closing.countDown();
    Incoming<InventoryUpdate> updates = open;
    if (updates != null) {
      updates.close();
    }
    reader.interrupt();
    try {
      reader.join(2_000);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
