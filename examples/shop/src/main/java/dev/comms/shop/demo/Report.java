package dev.comms.shop.demo;

import dev.comms.testkit.brokers.Broker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** What is told at the end: for machines as one JSON object in one line, for people as a table. */
record Report(
    DemoOptions options,
    DemoBrokers brokers,
    String gateway,
    Outcome outcome,
    Expected expected,
    Findings findings,
    boolean settled,
    double seconds) {
  /** The command that adds what is missing; the launcher's own words. */
  static final String ADD_RABBIT =
      "apt-get install -y --no-install-recommends rabbitmq-server (or set COMMS_RABBIT_URI)";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  String json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("command", "demo");
    all.put("commit", Commit.current());
    all.put("ok", outcome.ok());
    all.put("seconds", Math.round(seconds * 10) / 10.0);
    all.put("seed", options.seed());
    all.put("orders", outcome.orders());
    all.put("accepted", outcome.accepted());
    all.put("completed", outcome.completed());
    all.put("rejected", outcome.rejected());
    all.put("deadLettered", outcome.deadLettered());
    all.put("refusedAtGateway", outcome.refusedAtGateway());
    all.put("paymentRetries", outcome.paymentRetries());
    all.put("emails", outcome.emails());
    all.put("analyticsEvents", outcome.analyticsEvents());
    all.put("recommendations", outcome.recommendations());
    all.put("notifications", outcome.notifications());
    all.put("lost", outcome.lost());
    all.put("duplicateEffects", outcome.duplicateEffects());
    all.put("transports", transports());
    all.put("endpoints", endpoints());
    all.put("brokers", brokers.all().stream().map(Report::broker).toList());
    all.put("skipped", skipped());
    all.put("evidence", evidence());
    return JSON.writeValueAsString(all);
  }

  private Map<String, String> transports() {
    Map<String, String> transports = new LinkedHashMap<>();
    transports.put("calls", "grpc");
    transports.put("tasks", tasks());
    transports.put("events", DemoBrokers.name(brokers.kafka()));
    transports.put("notifications", DemoBrokers.name(brokers.redis()));
    return transports;
  }

  private String tasks() {
    Broker rabbit = brokers.rabbit();
    return rabbit == null ? "redis-streams " + brokers.redis().version() : DemoBrokers.name(rabbit);
  }

  Map<String, String> endpoints() {
    Map<String, String> endpoints = new LinkedHashMap<>();
    endpoints.put("gateway", gateway);
    brokers.all().forEach(broker -> endpoints.put(broker.kind(), withoutSecrets(broker.address())));
    return endpoints;
  }

  private static Map<String, String> broker(Broker broker) {
    Map<String, String> told = new LinkedHashMap<>();
    told.put("kind", broker.kind());
    told.put("version", broker.version());
    told.put("origin", broker.origin());
    return told;
  }

  private List<String> skipped() {
    return brokers.rabbit() == null ? List.of("rabbitmq: not installed; " + ADD_RABBIT) : List.of();
  }

  private Map<String, Object> evidence() {
    Map<String, Object> evidence = new LinkedHashMap<>();
    evidence.put("answersByStatus", new TreeMap<>(findings.answers()));
    evidence.put("missingEffects", outcome.missingEffects());
    evidence.put("expected", expected.told());
    evidence.put("unmet", outcome.unmet());
    evidence.put("everythingEnded", settled);
    evidence.put("workQueue", brokers.workQueue());
    evidence.put("orderRows", findings.status().size());
    evidence.put("deadLetterIds", findings.deadLetters().size());
    evidence.put("chargedOrders", findings.captured().size());
    evidence.put("mailFiles", findings.mails().values().stream().mapToInt(List::size).sum());
    evidence.put("topicEvents", findings.topic().size());
    evidence.put("streamEvents", findings.stream().size());
    evidence.put("serverSentEvents", findings.watched().size());
    evidence.put("lostIds", lostIds());
    return evidence;
  }

  /** The first of those that are lost: enough to look for them. */
  private List<String> lostIds() {
    List<String> lost = new ArrayList<>(findings.accepted());
    lost.removeIf(
        id ->
            List.of("completed", "rejected").contains(findings.status().getOrDefault(id, ""))
                || findings.deadLetters().contains(id));
    lost.sort(null);
    return lost.subList(0, Math.min(10, lost.size()));
  }

  String table() {
    return String.format(
        Locale.ROOT,
        """

        %d orders in %.1f s: %s
          accepted           %6d   = completed %d + rejected %d + dead-lettered %d + lost %d
          refused at gateway %6d   %s
          charged on a retry %6d
          mails              %6d
          analytics          %6d   events read from the topic and found as rows
          recommendations    %6d   the same events, read by a group of its own
          notifications      %6d   events read from the stream and received over SSE
          happened twice     %6d
          missing            %6d
          carried by         %s
        %s""",
        outcome.orders(),
        seconds,
        outcome.ok() ? "nothing lost, nothing twice" : "NOT AS IT SHOULD BE",
        outcome.accepted(),
        outcome.completed(),
        outcome.rejected(),
        outcome.deadLettered(),
        outcome.lost(),
        outcome.refusedAtGateway(),
        "answers by HTTP status: " + new TreeMap<>(findings.answers()),
        outcome.paymentRetries(),
        outcome.emails(),
        outcome.analyticsEvents(),
        outcome.recommendations(),
        outcome.notifications(),
        outcome.duplicateEffects(),
        outcome.missingEffects(),
        String.join(", ", transports().values()),
        faults());
  }

  /** What was expected and did not come, one line each; empty if all is well. */
  private String faults() {
    List<String> faults = new ArrayList<>();
    if (outcome.lost() + outcome.duplicateEffects() + outcome.missingEffects() > 0) {
      faults.add("expected nothing lost, nothing twice and nothing missing; see above");
    }
    faults.addAll(outcome.unmet());
    return faults.stream().map(fault -> "  " + fault + "\n").collect(Collectors.joining());
  }

  /** An address without user, password and query, for people to see. */
  static String withoutSecrets(String address) {
    return address.replaceAll("//.*@", "//").replaceAll("\\?.*", "");
  }
}
