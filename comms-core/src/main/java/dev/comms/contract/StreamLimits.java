package dev.comms.contract;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

/** What every stream declares: its name, its codecs and its three limits. */
record StreamLimits<Q, R>(
    String name,
    Codec<Q> request,
    Codec<R> reply,
    Duration firstWithin,
    Duration idleWithin,
    Duration totalWithin) {

  StreamLimits {
    Checks.limit(name, "firstWithin", firstWithin);
    Checks.limit(name, "idleWithin", idleWithin);
    Checks.limit(name, "totalWithin", totalWithin);
  }

  static <Q, R, C> StreamCall.Named<C> begin(
      String kind,
      String name,
      Codec<Q> request,
      Codec<R> reply,
      Function<StreamLimits<Q, R>, C> made) {
    Checks.name(kind, name);
    Objects.requireNonNull(request, "request codec");
    Objects.requireNonNull(reply, "reply codec");
    return first -> {
      Checks.limit(name, "firstWithin", first);
      return idle -> {
        Checks.limit(name, "idleWithin", idle);
        return total -> made.apply(new StreamLimits<>(name, request, reply, first, idle, total));
      };
    };
  }
}
