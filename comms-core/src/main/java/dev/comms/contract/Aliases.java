package dev.comms.contract;

import java.util.ArrayList;
import java.util.List;

/** Former names of a contract. */
final class Aliases {
  private static final int MOST = 10;

  private Aliases() {}

  static List<String> plus(String contract, List<String> known, String former) {
    Checks.name(contract + ": alias", former);
    if (former.equals(contract) || known.contains(former)) {
      throw new IllegalArgumentException(
          contract + ": the alias '" + former + "' is its name already; name a former one");
    }
    if (known.size() >= MOST) {
      throw new IllegalArgumentException(
          contract + ": more than " + MOST + " aliases; drop those that nobody sends any more");
    }
    List<String> all = new ArrayList<>(known);
    all.add(former);
    return List.copyOf(all);
  }
}
