package dev.comms.shop.demo;

import dev.comms.shop.contracts.OrderStatus;
import dev.comms.shop.gateway.Gateway;
import dev.comms.shop.services.Analytics;
import dev.comms.shop.services.Inventory;
import dev.comms.shop.services.Mail;
import dev.comms.shop.services.MailFolder;
import dev.comms.shop.services.Notifications;
import dev.comms.shop.services.OrderRows;
import dev.comms.shop.services.Orders;
import dev.comms.shop.services.Payments;
import dev.comms.shop.services.Recommendations;
import dev.comms.shop.services.Service;
import dev.comms.shop.services.Sql;
import dev.comms.shop.services.Transports;
import dev.comms.shop.services.Users;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** All services of the shop in one JVM, each a Comms of its own, talking over real wires. */
final class Shop implements AutoCloseable {
  /** Nobody listens here: what a service that is down looks like. */
  private static final String NOWHERE = "127.0.0.1:1";

  /** How long those of one role may take to end. */
  private static final Duration LIMIT = Duration.ofSeconds(15);

  /** How long all may take to end if somebody waits for it. */
  private static final Duration AT_ONCE = Duration.ofSeconds(4);

  /** What can be left down. */
  enum Part {
    PAYMENTS,
    MAIL
  }

  private final List<Service> edge = new ArrayList<>();
  private final List<Service> consuming = new ArrayList<>();
  private final List<Service> answering = new ArrayList<>();
  private final Gateway gateway;
  private final Orders orders;

  /** Starts everything but what is to be down; if anything cannot start, all is ended again. */
  Shop(Transports ways, Sql sql, MailFolder mails, DemoOptions options, Set<Part> down) {
    try {
      Orders.Addresses addresses = answering(ways, sql, down);
      OrderRows rows = new OrderRows(sql);
      orders = added(consuming, new Orders(ways, rows, addresses, options.workerDelay()));
      gateway = added(edge, new Gateway(ways, rows, addresses.inventory(), options.port()));
      consumers(ways, sql, mails, down);
      List<Service> rest = new ArrayList<>(consuming);
      rest.addAll(edge);
      Parallel.run("shop-start", rest.stream().<Runnable>map(s -> s::start).toList());
    } catch (RuntimeException failed) {
      close();
      throw failed;
    }
  }

  private Orders.Addresses answering(Transports ways, Sql sql, Set<Part> down) {
    Inventory inventory = added(answering, new Inventory(ways, sql));
    Users users = added(answering, new Users(ways, sql));
    Supplier<String> payments = () -> NOWHERE;
    if (!down.contains(Part.PAYMENTS)) {
      payments = added(answering, new Payments(ways, sql))::address;
    }
    Parallel.run("shop-start", answering.stream().<Runnable>map(s -> s::start).toList());
    return new Orders.Addresses(inventory.address(), users.address(), payments.get());
  }

  private static <S extends Service> S added(List<Service> role, S service) {
    role.add(service);
    return service;
  }

  private void consumers(Transports ways, Sql sql, MailFolder mails, Set<Part> down) {
    if (!down.contains(Part.MAIL)) {
      consuming.add(new Mail(ways, mails));
    }
    consuming.add(new Analytics(ways, sql));
    consuming.add(new Recommendations(ways, sql));
    consuming.add(new Notifications(ways, this::show));
  }

  private void show(String eventId, OrderStatus status) {
    gateway.show(eventId, status);
  }

  String url() {
    return gateway.url();
  }

  Orders orders() {
    return orders;
  }

  /** Ends whoever takes orders first, then those who work on them, then those whom they ask. */
  @Override
  public void close() {
    for (List<Service> role : List.of(edge, consuming, answering)) {
      Parallel.quietly("shop-end", role.stream().<Runnable>map(s -> s::close).toList(), LIMIT);
    }
  }

  /**
   * Ends all at the same time, for those who will not wait: what is being worked on is given back.
   */
  void closeAtOnce() {
    List<Runnable> all =
        Stream.of(edge, consuming, answering)
            .flatMap(List::stream)
            .<Runnable>map(service -> service::close)
            .toList();
    Parallel.quietly("shop-end", all, AT_ONCE);
  }
}
