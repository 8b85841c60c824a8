package dev.comms.shop.services;

import static dev.comms.shop.contracts.Contracts.CHECK_STOCK;
import static dev.comms.shop.contracts.Contracts.INVENTORY_UPDATES;
import static dev.comms.shop.contracts.Contracts.RELEASE_STOCK;
import static dev.comms.shop.contracts.Contracts.RESERVE_STOCK;

import dev.comms.Comms;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.Context;
import dev.comms.shop.inventory.v1.CheckStockRequest;
import dev.comms.shop.inventory.v1.CheckStockResponse;
import dev.comms.shop.inventory.v1.InventoryFilter;
import dev.comms.shop.inventory.v1.InventoryUpdate;
import dev.comms.shop.inventory.v1.ReleaseStockRequest;
import dev.comms.shop.inventory.v1.ReleaseStockResponse;
import dev.comms.shop.inventory.v1.ReserveStockRequest;
import dev.comms.shop.inventory.v1.ReserveStockResponse;
import dev.comms.spi.CallServer;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The inventory: stock and price by product. Its stream tells the changes made by this instance,
 * and the shop runs one.
 */
public final class Inventory implements Service {
  private static final long LOOK_AGAIN_MILLIS = 1_000;

  private final StockRows rows;
  private final StockFeed feed = new StockFeed();
  private final CallServer server;
  private final Comms comms;

  public Inventory(Transports transports, Sql sql) {
    this.rows = new StockRows(sql);
    this.server = transports.server();
    this.comms = Service.comms("inventory");
    comms
        .serve(server)
        .answer(CHECK_STOCK, this::check)
        .answer(RESERVE_STOCK, this::reserve)
        .answer(RELEASE_STOCK, this::release)
        .stream(INVENTORY_UPDATES, this::updates);
  }

  @Override
  public void start() {
    comms.start();
  }

  /** Where it listens, once started: host:port. */
  public String address() {
    return server.address();
  }

  private CheckStockResponse check(CheckStockRequest request, Context context) throws SQLException {
    StockRows.Product product = known(request.getProductId());
    return CheckStockResponse.newBuilder()
        .setAvailable(product.stock() >= request.getQuantity())
        .setCurrentStock(product.stock())
        .setPrice(product.priceCents() / 100f)
        .build();
  }

  private ReserveStockResponse reserve(ReserveStockRequest request, Context context)
      throws SQLException {
    if (request.getOrderId().isEmpty() || request.getQuantity() < 1) {
      throw new Rejected(Code.INVALID_ARGUMENT, "a reservation needs an order and 1 piece or more");
    }
    known(request.getProductId());
    StockRows.Reservation done =
        rows.reserve(request.getOrderId(), request.getProductId(), request.getQuantity());
    if (done.changed()) {
      feed.changed(request.getProductId());
    }
    return ReserveStockResponse.newBuilder()
        .setReserved(done.reserved())
        .setRemainingStock(done.remaining())
        .build();
  }

  private ReleaseStockResponse release(ReleaseStockRequest request, Context context)
      throws SQLException {
    Integer back = rows.release(request.getOrderId());
    if (back != null) {
      feed.changed(back);
    }
    return ReleaseStockResponse.newBuilder().setReleased(back != null).build();
  }

  private void updates(InventoryFilter filter, Consumer<InventoryUpdate> out, Context context)
      throws SQLException, InterruptedException {
    List<Integer> only = filter.getProductIdsList();
    // collecting begins before the rows are read: a change between the two is told twice, not lost
    try (StockFeed.Reader changes = feed.open()) {
      @Nullable Collection<Integer> next = rows.all().stream().map(StockRows.Product::id).toList();
      while (next != null && !context.deadline().expired()) {
        for (int product : next) {
          if (only.isEmpty() || only.contains(product)) {
            out.accept(update(product, known(product).stock()));
          }
        }
        next = changes.next(LOOK_AGAIN_MILLIS);
      }
    }
  }

  private static InventoryUpdate update(int product, int stock) {
    return InventoryUpdate.newBuilder()
        .setProductId(product)
        .setNewStock(stock)
        .setTimestamp(System.currentTimeMillis())
        .build();
  }

  private StockRows.Product known(int id) throws SQLException {
    StockRows.Product product = rows.find(id);
    if (product == null) {
      throw new Rejected(Code.NOT_FOUND, "unknown product " + id);
    }
    return product;
  }

  @Override
  public void close() {
    feed.close();
    comms.close();
  }
}
