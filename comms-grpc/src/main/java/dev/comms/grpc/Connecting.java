package dev.comms.grpc;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How connections are found and used, each with a default that is documented at {@link
 * GrpcTransport}.
 *
 * @param list the servers of a static list; empty when the target is a name
 * @param waits whether calls wait for a connection, in place of failing when there is none
 * @param compressed whether requests are compressed
 * @param outliersEvery how often servers are compared; zero: never
 * @param lookup how the names of a static list become addresses
 */
record Connecting(
    List<Place> list, boolean waits, boolean compressed, Duration outliersEvery, Lookup lookup) {
  /** DNS, or whatever this machine asks; it blocks. */
  interface Lookup {
    InetAddress[] all(String host) throws UnknownHostException;
  }

  static final Connecting DEFAULT =
      new Connecting(List.of(), false, false, Duration.ofSeconds(10), InetAddress::getAllByName);

  Connecting {
    list = List.copyOf(list);
  }

  Connecting list(List<Place> servers) {
    return new Connecting(servers, waits, compressed, outliersEvery, lookup);
  }

  Connecting waiting() {
    return new Connecting(list, true, compressed, outliersEvery, lookup);
  }

  Connecting compressing() {
    return new Connecting(list, waits, true, outliersEvery, lookup);
  }

  Connecting outliersEvery(Duration interval) {
    return new Connecting(list, waits, compressed, interval, lookup);
  }

  Connecting lookup(Lookup other) {
    return new Connecting(list, waits, compressed, outliersEvery, other);
  }

  /** What gRPC calls a service config: the balancing, and that the server's health is watched. */
  Map<String, ?> serviceConfig() {
    // The empty name stands for the whole server (A17); who has no health service counts as up.
    Map<String, ?> health = Map.of("serviceName", "");
    return Map.of("healthCheckConfig", health, "loadBalancingConfig", List.of(balancing()));
  }

  private Map<String, ?> balancing() {
    Map<String, ?> roundRobin = Map.of("round_robin", Map.of());
    return outliersEvery.isZero()
        ? roundRobin
        : Map.of("outlier_detection_experimental", Outliers.config(outliersEvery, roundRobin));
  }

  /**
   * Outlier detection (gRFC A50) by the share of failures. Its other way, the deviation from the
   * mean, cannot see one server among fewer than five. A host is left out at a share that answers
   * of "no" reach only where all hosts give them, and then at most one third of the hosts goes.
   */
  private static final class Outliers {
    static Map<String, ?> config(Duration interval, Map<String, ?> child) {
      return Map.of(
          "interval",
          seconds(interval),
          "baseEjectionTime",
          seconds(interval.multipliedBy(3)),
          "maxEjectionTime",
          seconds(interval.multipliedBy(30)),
          "maxEjectionPercent",
          30.0,
          "failurePercentageEjection",
          Map.of(
              "threshold", 85.0,
              "enforcementPercentage", 100.0,
              "minimumHosts", 3.0,
              "requestVolume", 20.0),
          "childPolicy",
          List.of(child));
    }

    private static String seconds(Duration duration) {
      return duration.getSeconds()
          + String.format(java.util.Locale.ROOT, ".%09ds", duration.getNano());
    }
  }
}
