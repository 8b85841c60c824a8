package dev.comms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class VirtualThreadsTest {

  @Test
  void theyAreFoundWhereThisJavaHasThemAndNowhereElse() {
    assertThat(VirtualThreads.available()).isEqualTo(Runtime.version().feature() >= 21);
  }

  @Test
  void whatIsNotThereIsNotFoundAndNothingBreaks() {
    assertThat(VirtualThreads.find(Thread.class, "ofNobody")).isNull();
    assertThat(VirtualThreads.find(String.class, "ofVirtual")).isNull();
  }

  @Test
  void theyHaveANameAndANumber() throws Exception {
    ThreadFactory factory = VirtualThreads.named("comms-test");
    if (factory == null) {
      assertThat(VirtualThreads.available()).isFalse();
      return;
    }
    CompletableFuture<String> name = new CompletableFuture<>();
    factory.newThread(() -> name.complete(Thread.currentThread().getName())).start();
    assertThat(name.get(30, TimeUnit.SECONDS)).isEqualTo("comms-test-v-1");
  }
}
