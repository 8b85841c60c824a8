package dev.comms.shop.demo;

import dev.comms.shop.services.Catalogue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The orders of a run. How many of each kind follows from the number of orders alone; the seed
 * decides their sequence and what is bought. Of 50: 4 find the last pieces gone, 3 have a card that
 * works only at the second attempt, 1 has a card that never works, 1 has no known user.
 *
 * @param orders in the sequence in which they are sent
 * @param scarcePieces the stock of the scarce product that makes exactly as many orders come too
 *     late as are expected to, whichever those are
 * @param expected what must come of them
 */
record OrderMix(List<Planned> orders, int scarcePieces, Expected expected) {
  private static final String UNKNOWN_USER = "user-unknown";

  /** One order that will be sent. */
  record Planned(String userId, int productId, int quantity) {
    String json() {
      return "{\"userId\":\"%s\",\"productId\":%d,\"quantity\":%d}"
          .formatted(userId, productId, quantity);
    }
  }

  static OrderMix of(int count, long seed) {
    Random random = new Random(seed);
    int outOfStock = share(count, 8, 3);
    int scarce = Math.min(2 * outOfStock, count - 1);
    int flaky = share(count, 6, 2);
    int broken = share(count, 2, 4);
    int unknown = share(count, 2, 8);
    List<Planned> orders = new ArrayList<>(count);
    for (int i = 0; i < scarce; i++) {
      orders.add(new Planned(user(random), Catalogue.SCARCE, 1));
    }
    add(orders, flaky, Catalogue.FLAKY_USER, random);
    add(orders, broken, Catalogue.BROKEN_USER, random);
    add(orders, unknown, UNKNOWN_USER, random);
    while (orders.size() < count) {
      add(orders, 1, user(random), random);
    }
    Collections.shuffle(orders, random);
    Expected expected = new Expected(outOfStock, flaky, broken, unknown);
    return new OrderMix(List.copyOf(orders), scarce - outOfStock, expected);
  }

  /** So many per cent, but at least one from so many orders on, and none below. */
  private static int share(int count, int perCent, int oneFrom) {
    return count < oneFrom ? 0 : Math.max(1, count * perCent / 100);
  }

  private static void add(List<Planned> orders, int count, String user, Random random) {
    for (int i = 0; i < count; i++) {
      orders.add(new Planned(user, 1 + random.nextInt(Catalogue.PRODUCTS), 1 + random.nextInt(3)));
    }
  }

  private static String user(Random random) {
    return "user-" + (1 + random.nextInt(Catalogue.USERS));
  }
}
