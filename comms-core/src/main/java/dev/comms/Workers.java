package dev.comms;

/**
 * How many handlers of a task work at a time in this instance.
 *
 * @param concurrency 1 to 10,000
 */
public record Workers(int concurrency) {
  public Workers {
    if (concurrency < 1 || concurrency > 10_000) {
      throw new IllegalArgumentException(
          "workers: concurrency is " + concurrency + " but must be 1 to 10,000");
    }
  }

  public static Workers of(int concurrency) {
    return new Workers(concurrency);
  }
}
