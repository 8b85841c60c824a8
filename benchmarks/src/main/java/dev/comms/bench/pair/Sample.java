package dev.comms.bench.pair;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import java.util.List;

/**
 * What an operation carries, the same in each process: the answer is the request's value, decoded
 * and encoded anew.
 *
 * @param type what JSON is read into
 */
record Sample<T>(String name, Class<T> type, T value, Call<T, T> call) {
  /** 100 bytes that are nobody's record. */
  static final Sample<byte[]> BYTES =
      new Sample<>("bytes", byte[].class, Messages.BODY, Messages.CALL);

  /** 1 KB of JSON that is nearly all numbers and their names. */
  static final Sample<Readings> NUMBERS =
      record("numbers", Readings.class, Readings.sample(), Readings.PROTOBUF);

  /** 1 KB of JSON that is nearly all text. */
  static final Sample<Article> TEXT =
      record("text", Article.class, Article.sample(), Article.PROTOBUF);

  static final List<Sample<?>> ALL = List.of(BYTES, NUMBERS, TEXT);

  private static <T> Sample<T> record(String name, Class<T> type, T value, Codec<T> codec) {
    Call<T, T> call =
        Call.named("bench.Bench/" + type.getSimpleName(), codec, codec)
            .asIdempotent()
            .answeredWithin(Messages.LIMIT);
    return new Sample<>(name, type, value, call);
  }

  /** How many bytes the value takes in the contract's codec. */
  int encoded() throws Exception {
    return call.request().encode(value).length;
  }

  static Sample<?> of(String name) {
    return ALL.stream().filter(sample -> sample.name.equals(name)).findFirst().orElseThrow();
  }

  @Override
  public String toString() {
    return name;
  }
}
