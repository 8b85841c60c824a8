package dev.comms.shop.demo;

import dev.comms.Comms;
import dev.comms.contract.Call;
import dev.comms.contract.Handler;
import dev.comms.shop.services.Catalogue;
import dev.comms.shop.services.Database;
import dev.comms.shop.services.OrderRows;
import dev.comms.shop.services.Service;
import dev.comms.shop.services.Sql;
import dev.comms.shop.services.Transports;
import dev.comms.spi.CallServer;
import dev.comms.testkit.brokers.Brokers;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/** A filled shop on the shared brokers, of which a test starts the services that it wants. */
final class ShopRun implements AutoCloseable {
  final String run = UUID.randomUUID().toString().substring(0, 8);
  final DemoBrokers brokers =
      DemoBrokers.start(Brokers.shared(), run, new DemoBrokers.Wish(true, false));
  final Transports ways = new BrokerTransports(brokers);
  final Sql sql;
  final OrderRows orders;
  private final Deque<Runnable> open = new ArrayDeque<>();

  ShopRun() throws SQLException {
    Database rows = Database.create(brokers.postgres().address(), "shop_" + run);
    open.push(rows::close);
    sql = rows.sql();
    orders = new OrderRows(sql);
    Catalogue.fill(sql, 1);
  }

  <S extends Service> S start(S service) {
    open.push(service::close);
    service.start();
    return service;
  }

  /** A service of which only one answer is of interest; returns where it listens. */
  <Q, A> String answer(Call<Q, A> call, Handler.Answer<Q, A> answer) {
    CallServer server = ways.server();
    Comms comms = Service.comms("other");
    open.push(comms::close);
    comms.serve(server).answer(call, answer);
    comms.start();
    return server.address();
  }

  /** A client or a publisher; it is to be started. */
  Comms other() {
    Comms comms = Service.comms("test");
    open.push(comms::close);
    return comms;
  }

  int count(String what, Object... values) throws SQLException {
    Integer rows = sql.first("select count(*) from " + what, row -> row.getInt(1), values);
    return rows == null ? 0 : rows;
  }

  @Override
  public void close() {
    open.forEach(Runnable::run);
  }
}
