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

/** All services of the shop in one JVM, each a Comms of its own, talking over real wires. */
final class Shop implements AutoCloseable {
  /** Nobody listens here: what a service that is down looks like. */
  private static final String NOWHERE = "127.0.0.1:1";

  /** What can be left down. */
  enum Part {
    PAYMENTS,
    MAIL
  }

  private final Gateway gateway;
  private final Orders orders;
  private final List<Service> answering = new ArrayList<>();
  private final List<Service> consuming = new ArrayList<>();

  Shop(Transports ways, Sql sql, MailFolder mails, DemoOptions options, Set<Part> down) {
    Inventory inventory = new Inventory(ways, sql);
    Users users = new Users(ways, sql);
    Payments payments = new Payments(ways, sql);
    answering.add(inventory);
    answering.add(users);
    if (!down.contains(Part.PAYMENTS)) {
      answering.add(payments);
    }
    try {
      Parallel.run("shop-start", answering.stream().<Runnable>map(s -> s::start).toList());
      Orders.Addresses addresses =
          new Orders.Addresses(
              inventory.address(),
              users.address(),
              down.contains(Part.PAYMENTS) ? NOWHERE : payments.address());
      OrderRows rows = new OrderRows(sql);
      orders = new Orders(ways, rows, addresses, options.workerDelay());
      gateway = new Gateway(ways, rows, inventory.address(), options.port());
      consumers(ways, sql, mails, down);
      List<Service> rest = new ArrayList<>(consuming);
      rest.add(gateway);
      Parallel.run("shop-start", rest.stream().<Runnable>map(s -> s::start).toList());
    } catch (RuntimeException failed) {
      close(Duration.ofSeconds(5));
      throw failed;
    }
  }

  private void consumers(Transports ways, Sql sql, MailFolder mails, Set<Part> down) {
    consuming.add(orders);
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
    gateway.close();
    close(Duration.ofSeconds(20));
  }

  private void close(Duration limit) {
    Parallel.quietly("shop-end", consuming.stream().<Runnable>map(s -> s::close).toList(), limit);
    Parallel.quietly("shop-end", answering.stream().<Runnable>map(s -> s::close).toList(), limit);
  }
}
