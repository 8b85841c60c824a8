package dev.comms.bench;

import dev.comms.bench.pair.CannotRun;
import dev.comms.bench.pair.Choice;
import dev.comms.bench.pair.Json;
import dev.comms.bench.pair.Pairs;
import dev.comms.bench.pair.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;

/**
 * {@code ./comms bench}: measures, and holds the figures against goals and limits. Exit code 0 if
 * all are kept, 1 if one is not, 2 if nothing could be measured.
 */
public final class Main {
  private static final String USAGE =
      """
      usage: ./comms bench [NAME...] [--quick] [--json] [--handicap-cpu 100us] [--null] [--profile]

        What comms costs. Without a name, all of it:

        inner           comms alone: each verb with all default policies and meters, over a
                        transport that does nothing; held against a limit of time and bytes
        call            a unary call against a raw gRPC stub: call.one, .many, .async, .open
        call-armeria    a unary call against Armeria's client and server: call-armeria.one, .async
        rest            a record of 1 KB against REST over HTTP/1.1 with JSON, 16 callers:
                        rest-close.numbers, .text         REST has a connection per request
                        rest-keepalive.numbers, .text     REST keeps its connections
        submit          a task against the raw RabbitMQ client: submit.one, submit.async
        publish-kafka   an event against the raw Kafka producer: publish-kafka.one, .async
        publish-redis   an event against raw Lettuce: publish-redis.one, publish-redis.async

        .one waits for each answer, .many are 64 callers that do, .async keeps 256 under way,
        .open sends at a fixed rate. A name's beginning is a name too: call is call-armeria also.

        --quick               fewer and shorter rounds: about a minute a row instead of four
        --json                the last line is one JSON object
        --handicap-cpu 100us  our side burns that much for each operation: rows must turn red
        --null                raw against raw: every ratio must be 0.95 to 1.05
        --profile             JFR recordings of both sides in benchmarks/target/pairs

      exit codes: 0 every row is ok, 1 one is not, 2 it could not be measured
      """;

  private Main() {}

  /** See {@code --help}. */
  public static void main(String[] args) throws IOException, RunnerException {
    List<String> given = List.of(args);
    if (given.contains("--help") || given.contains("-h")) {
      System.out.print(USAGE);
      return;
    }
    int code = 2;
    try {
      code = run(Choice.parse(given), given) ? 0 : 1;
    } catch (Refused | CannotRun said) {
      System.err.println("comms: " + said.getMessage());
    }
    System.exit(code);
  }

  private static boolean run(Choice choice, List<String> given)
      throws IOException, RunnerException {
    long begun = System.nanoTime();
    Pairs pairs = Pairs.run(choice);
    Report inner = choice.inner() ? InnerCosts.measure(choice.quick()) : null;
    boolean ok = pairs.ok() && (inner == null || inner.ok());
    if (choice.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("command", String.join(" ", given.isEmpty() ? List.of("bench") : with(given)));
      json.put("commit", Objects.requireNonNullElse(System.getenv("COMMS_COMMIT"), "unknown"));
      json.put("ok", ok);
      json.put("seconds", Math.round((System.nanoTime() - begun) / 1e9));
      json.put("seed", null);
      json.put("brokers", pairs.brokers());
      json.put(
          "skipped", inner != null && choice.quick() ? List.of("inner: unsampled") : List.of());
      put(json, pairs, inner);
      System.out.println(Json.of(json));
    } else {
      System.out.print(pairs.text() + (inner == null ? "" : inner.text()));
    }
    return ok;
  }

  private static List<String> with(List<String> given) {
    List<String> words = new ArrayList<>(given);
    words.add(0, "bench");
    return words;
  }

  private static void put(Map<String, Object> json, Pairs pairs, @Nullable Report inner) {
    List<Map<String, Object>> rows = new ArrayList<>(pairs.json());
    if (inner == null) {
      json.put("evidence", Pairs.evidence());
    } else {
      json.put("evidence", rows.isEmpty() ? InnerCosts.EVIDENCE.toString() : "benchmarks/target");
      json.put("limits", Report.LIMIT.json());
      json.put("figures", inner.figures());
      rows.addAll(inner.rows());
    }
    json.put("rows", rows);
  }
}
