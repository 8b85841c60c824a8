package dev.comms.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The arguments of a script, in order. */
final class Args {
  private final List<byte[]> all = new ArrayList<>();

  static Args of(Object... values) {
    Args args = new Args();
    for (Object value : values) {
      args.all.add(value.toString().getBytes(StandardCharsets.UTF_8));
    }
    return args;
  }

  Args and(Collection<byte[]> more) {
    all.addAll(more);
    return this;
  }

  Args andTexts(Collection<String> more) {
    more.forEach(text -> all.add(text.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  Args and(Map<String, byte[]> fields) {
    fields.forEach(
        (name, value) -> {
          all.add(name.getBytes(StandardCharsets.UTF_8));
          all.add(value);
        });
    return this;
  }

  byte[][] toArray() {
    return all.toArray(byte[][]::new);
  }
}
