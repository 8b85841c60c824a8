package dev.comms.shop.services;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StockFeedTest {
  private final StockFeed feed = new StockFeed();

  @Test
  void aSlowReaderIsToldOnceOfEachProductThatChangedAndLooksAtTheRowItself()
      throws InterruptedException {
    try (StockFeed.Reader reader = feed.open()) {
      feed.changed(1);
      feed.changed(2);
      feed.changed(1);

      assertThat(reader.next(1_000)).containsExactly(1, 2);
      assertThat(reader.next(1)).isEmpty();
    }
  }

  @Test
  void closingTheFeedEndsEveryReader() throws InterruptedException {
    StockFeed.Reader reader = feed.open();
    feed.changed(1);

    feed.close();

    assertThat(reader.next(1_000)).isNull();
  }
}
