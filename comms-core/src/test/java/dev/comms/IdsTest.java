package dev.comms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IdsTest {
  private static final int THREADS = 4;
  private static final int EACH = 250_000;

  @Test
  void aMillionIdsOfFourThreadsAreAllDifferent() throws Exception {
    var seen = ConcurrentHashMap.<String>newKeySet(THREADS * EACH);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      for (int thread = 0; thread < THREADS; thread++) {
        pool.execute(
            () -> {
              for (int i = 0; i < EACH; i++) {
                seen.add(Ids.next());
              }
            });
      }
      pool.shutdown();
      assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      pool.shutdownNow();
    }
    assertThat(seen.size()).isEqualTo(THREADS * EACH);
  }

  @Test
  void anIdIsAUuidOfVersion8() {
    UUID id = UUID.fromString(Ids.next());
    assertThat(id.version()).isEqualTo(8);
    assertThat(id.variant()).isEqualTo(2);
  }
}
