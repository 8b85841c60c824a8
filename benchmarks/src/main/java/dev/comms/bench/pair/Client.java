package dev.comms.bench.pair;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The process of one side: {@code FAMILY ours|raw SAMPLE ADDRESS [handicap nanoseconds]}. Each line
 * of standard input, {@code MODE NANOS RATE}, is a round and answered by one line; it ends with its
 * input, and so with whoever started it.
 */
public final class Client {
  /** What its answers begin with; a library or the JVM may print other lines. */
  static final String ANSWER = "@bench ";

  private Client() {}

  /** See the class. */
  public static void main(String[] arguments) {
    List<String> given = List.of(arguments);
    long handicap = given.size() > 4 ? Long.parseLong(given.get(4)) : 0;
    int code = 0;
    Sample<?> sample = Sample.of(given.get(2));
    try (Side side = Family.of(given.get(0)).side(given.get(1), sample, given.get(3));
        Load load = new Load(side, handicap)) {
      serve(load);
    } catch (Exception failure) {
      System.out.println(ANSWER + "failed " + String.valueOf(failure).replace('\n', ' '));
      code = 1;
    }
    System.exit(code); // a client's threads may outlive its close
  }

  private static void serve(Load load) throws Exception {
    System.out.println(ANSWER + "ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<String> round = List.of(line.split(" ", -1));
      Measured measured =
          load.round(
              Mode.of(round.get(0)),
              Long.parseLong(round.get(1)),
              Double.parseDouble(round.get(2)));
      System.out.println(ANSWER + measured.line());
    }
  }
}
