package dev.comms.bench.pair;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a row showed.
 *
 * @param raw both sides were the raw client
 * @param rate operations per second of an open loop, or 0
 * @param traffic bytes of payload and wire, where both sides encode the same in their own way
 */
record Outcome(
    Row row,
    boolean raw,
    List<Pair> pairs,
    double rate,
    @Nullable Traffic traffic,
    String oursCommand,
    String otherCommand) {

  static Ratios ratios(Mode mode, List<Pair> pairs) {
    return Ratios.of(pairs.stream().map(pair -> pair.ratio(mode)).toList());
  }

  Ratios ratios() {
    return ratios(row.mode(), pairs);
  }

  double price(Price price) {
    return Ratios.median(pairs.stream().map(price::of).toList());
  }

  /** The limits that are not kept; raw against raw has none. */
  List<Limit> passed() {
    return raw
        ? List.of()
        : row.limits().stream().filter(limit -> limit.passed(price(limit.price()))).toList();
  }

  Verdict verdict() {
    return raw ? Verdict.ofNull(ratios()) : Verdict.of(ratios(), row.goal(), !passed().isEmpty());
  }

  private double ours(ToDoubleFunction<Measured> figure) {
    return middle(Pair::ours, figure);
  }

  private double other(ToDoubleFunction<Measured> figure) {
    return middle(Pair::other, figure);
  }

  private double middle(Function<Pair, Measured> side, ToDoubleFunction<Measured> figure) {
    return Ratios.median(
        pairs.stream().map(side).map(round -> figure.applyAsDouble(round)).toList());
  }

  /** One line of the table. */
  String text() {
    Ratios ratios = ratios();
    return String.format(
        Locale.ROOT,
        "%-22s %8.0f %8.0f  %-7s %6.3f  %.3f..%.3f %5.2f %6.2f %7.1f %7.0f %7.0f  %s%n",
        row.name(),
        ours(row.mode()::figure),
        other(row.mode()::figure),
        row.mode().unit(),
        ratios.median(),
        ratios.low(),
        ratios.high(),
        raw ? 1 : row.goal(),
        price(Price.P99),
        price(Price.CPU_MORE),
        ours(Measured::bytes),
        other(Measured::bytes),
        verdict() + why());
  }

  private String why() {
    return passed().stream()
        .map(
            limit ->
                String.format(
                    Locale.ROOT,
                    " %s %.2f > %.2f",
                    limit.price(),
                    price(limit.price()),
                    limit.most()))
        .collect(Collectors.joining(","));
  }

  static String heading() {
    return String.format(
        Locale.ROOT,
        "%-22s %8s %8s  %-7s %6s  %-12s %5s %6s %7s %7s %7s  %s%n",
        "row",
        "ours",
        "other",
        "unit",
        "ratio",
        "95 %",
        "goal",
        "p99 x",
        "cpu+us",
        "bytes",
        "other's",
        "verdict");
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    Ratios ratios = ratios();
    json.put("name", row.name());
    json.put("ours", ours(row.mode()::figure));
    json.put("other", other(row.mode()::figure));
    json.put("otherName", row.family().otherName());
    json.put("unit", row.mode().unit());
    json.put("callers", row.mode().callers());
    json.put("ratio", ratios.median());
    json.put("ciLow", ratios.low());
    json.put("ciHigh", ratios.high());
    json.put("rounds", pairs.size());
    json.put("goal", raw ? 1.0 : row.goal());
    json.put("verdict", verdict().toString());
    json.put("ok", verdict().ok());
    String promised = raw ? row.otherGuarantees() : row.oursGuarantees();
    json.put("guarantees", both(promised, row.otherGuarantees()));
    json.put("bytesPerOp", ours(Measured::bytes));
    json.put("bytesPerOpOther", other(Measured::bytes));
    json.put("cpuMicrosPerOp", ours(Measured::cpu));
    json.put("cpuMicrosPerOpOther", other(Measured::cpu));
    putPrices(json);
    if (rate > 0) {
      json.put("perSecond", rate);
    }
    json.put("latencyMicros", both(latency(Pair::ours), latency(Pair::other)));
    if (traffic != null) {
      json.putAll(traffic.json());
    }
    json.put("cmd", both(oursCommand, otherCommand));
    return json;
  }

  private void putPrices(Map<String, Object> json) {
    for (Price price : Price.values()) {
      if (price.known(row.family())) {
        json.put(price.toString(), price(price));
      }
    }
    if (!raw) {
      row.limits().forEach(limit -> json.put(limit.price() + "Limit", limit.most()));
      json.put("passed", passed().stream().map(limit -> limit.price().toString()).toList());
    }
  }

  private static Map<String, Object> both(Object ours, Object other) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ours", ours);
    json.put("other", other);
    return json;
  }

  private Map<String, Object> latency(Function<Pair, Measured> side) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("p50", middle(side, Measured::p50));
    json.put("p95", middle(side, Measured::p95));
    json.put("p99", middle(side, Measured::p99));
    json.put("p999", middle(side, Measured::p999));
    return json;
  }
}
