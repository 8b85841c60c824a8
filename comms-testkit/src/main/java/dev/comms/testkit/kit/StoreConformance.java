package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.spi.Host;
import dev.comms.spi.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every store promises; a store's tests extend it. */
public abstract class StoreConformance {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Bench bench = new Bench();

  /**
   * Another instance of the same store, not yet open.
   *
   * @param space lower case letters and digits; what differs in it shares nothing
   */
  protected abstract Store store(String space);

  @AfterEach
  void closeBench() {
    bench.close();
  }

  private Store instance() {
    Store store = bench.owns(store(bench.space));
    bench.get(store.open(new Host("kit", bench.meters(), bench.time, bench.callbacks())));
    return store;
  }

  private void ends(Store store, String key) {
    await().atMost(Bench.LONG).until(() -> bench.get(store.find(key)) == null);
  }

  @Test
  void aFreeKeyIsHadByWhoClaimsIt() {
    Store store = instance();
    assertThat(bench.get(store.find("a"))).isNull();
    assertThat(bench.get(store.claim("a", "mine", LONG))).isEqualTo("mine");
    assertThat(bench.get(store.find("a"))).isEqualTo("mine");
  }

  @Test
  void aTakenKeyAnswersWithItsValue() {
    Store store = instance();
    bench.get(store.claim("a", "mine", LONG));
    assertThat(bench.get(instance().claim("a", "yours", LONG))).isEqualTo("mine");
    assertThat(bench.get(store.claim("a", "mine", LONG))).isEqualTo("mine");
    assertThat(bench.get(store.claim("b", "yours", LONG))).isEqualTo("yours");
  }

  @Test
  void ofManyClaimsAtOnceOneIsFirstAndAllKnowWhich() throws Exception {
    List<Store> stores = List.of(instance(), instance());
    for (int round = 0; round < 5; round++) {
      String key = "race-" + round;
      Set<String> winners = new HashSet<>(claimedAtOnce(stores, key));
      assertThat(winners).hasSize(1);
      assertThat(bench.get(stores.get(0).find(key))).isIn(winners);
    }
  }

  private List<String> claimedAtOnce(List<Store> stores, String key) throws Exception {
    int many = 8;
    CyclicBarrier together = new CyclicBarrier(many);
    List<CompletableFuture<String>> answers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      Store store = stores.get(i % stores.size());
      String value = "value-" + i;
      CompletableFuture<String> answer = new CompletableFuture<>();
      answers.add(answer);
      Thread thread =
          new Thread(
              () -> {
                try {
                  together.await(30, TimeUnit.SECONDS);
                  answer.complete(bench.get(store.claim(key, value, LONG)));
                } catch (Exception failed) {
                  answer.completeExceptionally(failed);
                }
              });
      threads.add(thread);
      thread.start();
    }
    List<String> values = answers.stream().map(bench::get).toList();
    for (Thread thread : threads) {
      thread.join();
    }
    return values;
  }

  @Test
  void anEntryEndsWithItsLifeAndItsKeyIsFree() {
    Store store = instance();
    bench.get(store.claim("a", "old", SHORT));
    ends(store, "a");
    assertThat(bench.get(store.replace("a", "old", "new", LONG))).isFalse();
    assertThat(bench.get(store.release("a", "old"))).isFalse();
    assertThat(bench.get(store.claim("a", "new", LONG))).isEqualTo("new");
  }

  @Test
  void ofManyClaimsOfAnEntryThatEndedOneIsFirst() throws Exception {
    List<Store> stores = List.of(instance(), instance());
    bench.get(stores.get(0).claim("a", "old", SHORT));
    ends(stores.get(0), "a");
    assertThat(new HashSet<>(claimedAtOnce(stores, "a"))).hasSize(1).doesNotContain("old");
  }

  @Test
  void aValueIsReplacedOnlyIfItIsStillTheExpectedOne() {
    Store store = instance();
    assertThat(bench.get(store.replace("a", "one", "two", LONG))).isFalse();
    assertThat(bench.get(store.find("a"))).isNull();
    bench.get(store.claim("a", "one", LONG));
    assertThat(bench.get(store.replace("a", "other", "two", LONG))).isFalse();
    assertThat(bench.get(instance().replace("a", "one", "two", LONG))).isTrue();
    assertThat(bench.get(store.find("a"))).isEqualTo("two");
  }

  @Test
  void ofManyReplacementsAtOnceOneSucceeds() {
    List<Store> stores = List.of(instance(), instance());
    bench.get(stores.get(0).claim("a", "one", LONG));
    List<CompletableFuture<Boolean>> answers =
        IntStream.range(0, 8)
            .mapToObj(i -> stores.get(i % 2).replace("a", "one", "two-" + i, LONG))
            .toList();
    assertThat(answers.stream().map(bench::get).filter(won -> won)).hasSize(1);
  }

  @Test
  void aReplacedValueHasANewLife() {
    Store store = instance();
    bench.get(store.claim("a", "one", LONG));
    assertThat(bench.get(store.replace("a", "one", "two", SHORT))).isTrue();
    ends(store, "a");
  }

  @Test
  void aKeyIsReleasedOnlyByItsValue() {
    Store store = instance();
    bench.get(store.claim("a", "mine", LONG));
    assertThat(bench.get(store.release("a", "yours"))).isFalse();
    assertThat(bench.get(store.release("a", "mine"))).isTrue();
    assertThat(bench.get(store.release("a", "mine"))).isFalse();
    assertThat(bench.get(store.claim("a", "yours", LONG))).isEqualTo("yours");
  }

  @Test
  void whatIsStoredStaysWhenAnInstanceEnds() {
    Store first = instance();
    Store second = instance();
    bench.get(first.claim("a", "mine", LONG));
    first.close();
    first.close();
    assertThat(bench.get(second.find("a"))).isEqualTo("mine");
    assertThat(bench.get(instance().find("a"))).isEqualTo("mine");
  }

  @Test
  void keysAndValuesComeBackAsTheyWere() {
    Store store = instance();
    String odd = "it's {a} \"key\"; -- \u00fc \u20ac %_\\ /";
    assertThat(bench.get(store.claim(odd, odd + "!", LONG))).isEqualTo(odd + "!");
    assertThat(bench.get(store.find(odd))).isEqualTo(odd + "!");
    assertThat(bench.get(store.find(odd.toUpperCase(Locale.ROOT)))).isNull();
    String longest = "k".repeat(Store.MOST_KEY);
    String value = "v".repeat(Store.MOST_VALUE);
    assertThat(bench.get(store.claim(longest, value, Store.LONGEST_LIFE))).isEqualTo(value);
  }

  @Test
  void whatIsTooLongOrEmptyOrHasNoLifeIsRefusedByName() {
    Store store = instance();
    refused(store.claim("k".repeat(501), "v", LONG), "501 characters");
    refused(store.claim("", "v", LONG), "0 characters");
    refused(store.claim("a", "v".repeat(1_001), LONG), "the value of a has 1001");
    refused(store.replace("a", "v", "", LONG), "the value of a has 0");
    refused(store.claim("a", "v", Duration.ZERO), "the life of a is PT0S");
    refused(store.claim("a", "v", Duration.ofDays(3_651)), "PT87624H");
  }

  private void refused(CompletableFuture<?> answer, String why) {
    assertThat(bench.failure(answer)).isInstanceOf(Misconfigured.class).hasMessageContaining(why);
  }

  @Test
  void manyInstancesMayOpenItAtOnce() {
    List<Store> stores = IntStream.range(0, 4).mapToObj(i -> store(bench.space)).toList();
    stores.forEach(bench::owns);
    List<CompletableFuture<Void>> opened =
        stores.stream()
            .map(one -> one.open(new Host("kit", bench.meters(), bench.time, bench.callbacks())))
            .toList();
    opened.forEach(bench::get);
    assertThat(bench.get(stores.get(3).claim("a", "mine", LONG))).isEqualTo("mine");
  }

  @Test
  void beforeItIsOpenTheMessageNamesTheFix() {
    Store store = bench.owns(store(bench.space));
    refused(store.claim("a", "mine", LONG), "not open; give it to Comms");
  }
}
