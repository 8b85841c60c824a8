package dev.comms.shop.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StockFeedTest {
  private final StockFeed feed = new StockFeed();

  @Test
  void aSlowReaderSeesTheLatestStockOfEachProductOldestChangeFirst() throws InterruptedException {
    try (StockFeed.Reader reader = feed.open()) {
      feed.changed(1, 9);
      feed.changed(2, 5);
      feed.changed(1, 8);

      assertThat(reader.next(1_000)).containsExactly(entry(2, 5), entry(1, 8));
      assertThat(reader.next(1)).isEmpty();
    }
  }

  @Test
  void closingTheFeedEndsEveryReader() throws InterruptedException {
    StockFeed.Reader reader = feed.open();
    feed.changed(1, 9);

    feed.close();

    assertThat(reader.next(1_000)).isNull();
  }

  private static Map.Entry<Integer, Integer> entry(int product, int stock) {
    return Map.entry(product, stock);
  }
}
