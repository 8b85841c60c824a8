package dev.comms.contract;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** What every stream declares: its name, its codecs, its three limits and its former names. */
record StreamLimits<Q, R>(
    String name,
    Codec<Q> request,
    Codec<R> reply,
    Duration firstWithin,
    Duration idleWithin,
    Duration totalWithin,
    List<String> aliases) {

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
        return total ->
            made.apply(new StreamLimits<>(name, request, reply, first, idle, total, List.of()));
      };
    };
  }

  StreamLimits<Q, R> alias(String former) {
    List<String> all = Aliases.plus(name, aliases, former);
    return new StreamLimits<>(name, request, reply, firstWithin, idleWithin, totalWithin, all);
  }

  StreamLimits<Q, R> as(String kind, String other) {
    Checks.name(kind, other);
    return new StreamLimits<>(other, request, reply, firstWithin, idleWithin, totalWithin, aliases);
  }

  StreamLimits<byte[], byte[]> raw() {
    Codec<byte[]> in = Codec.bytes(request.contentType());
    Codec<byte[]> out = Codec.bytes(reply.contentType());
    return new StreamLimits<>(name, in, out, firstWithin, idleWithin, totalWithin, aliases);
  }
}
