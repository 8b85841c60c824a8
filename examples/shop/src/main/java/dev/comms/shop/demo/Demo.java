package dev.comms.shop.demo;

import dev.comms.contract.Time;
import dev.comms.shop.services.Catalogue;
import dev.comms.shop.services.Database;
import dev.comms.shop.services.MailFolder;
import dev.comms.spi.DeadLetters;
import dev.comms.testkit.brokers.Brokers;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One run: brokers, shop, orders, and then the proof. Everything that is begun is put on a stack
 * and ended by {@link #close}, which may be called at any moment and by any thread.
 */
final class Demo implements AutoCloseable {
  private final DemoOptions options;
  private final Setting setting;
  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;
  private final Ends ends = new Ends();
  private volatile boolean stopping;

  /**
   * Where a run takes place.
   *
   * @param brokers opens the set of brokers, which the run closes
   * @param whenUp is told the brokers before the first order is sent
   */
  record Setting(Supplier<Brokers> brokers, DemoBrokers.Wish wish, Consumer<DemoBrokers> whenUp) {
    static final Setting USUAL = new Setting(Brokers::open, DemoBrokers.Wish.USUAL, brokers -> {});
  }

  /**
   * @param out the report
   * @param err progress and addresses
   * @param terminal whether {@code err} is one
   */
  Demo(DemoOptions options, Setting setting, PrintStream out, PrintStream err, boolean terminal) {
    this.options = options;
    this.setting = setting;
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  /**
   * Runs to the end.
   *
   * @return whether nothing was lost, doubled or missing
   */
  boolean run() throws IOException, SQLException, InterruptedException {
    long begun = Time.system().nanos();
    String run = UUID.randomUUID().toString().substring(0, 8);
    Ports.mustBeFree(options.port());
    MailFolder mails = new MailFolder(temporaryFolder());
    DemoBrokers brokers = DemoBrokers.start(brokers(), run, setting.wish());
    ends.push(new Leftovers(brokers, options.keep(), err));
    OrderMix mix = OrderMix.of(options.orders(), options.seed());
    Database rows = ends.push(Database.create(brokers.postgres().address(), "shop_" + run));
    Catalogue.fill(rows.sql(), mix.scarcePieces());
    Shop shop = new Shop(new BrokerTransports(brokers), rows.sql(), mails, options, Set.of());
    ends.push(stopping(shop::closeAtOnce, shop::close));
    Addresses.print(err, options, brokers, shop.url());
    setting.whenUp().accept(brokers);
    Report report = order(begun, brokers, rows, mails, shop, mix);
    out.println(options.json() ? report.json() : report.table());
    out.flush();
    if (options.keep()) {
      stayUp(shop);
    }
    return report.outcome().ok();
  }

  private Report order(
      long begun, DemoBrokers brokers, Database rows, MailFolder mails, Shop shop, OrderMix mix)
      throws IOException, SQLException, InterruptedException {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    DeadLetters letters = shop.orders().deadLetters();
    try (Watcher watcher = new Watcher(http, shop.url())) {
      watcher.start();
      Progress ordered = progress("ordered", options.orders());
      Customers.Answered answered =
          new Customers(http, shop.url()).order(mix.orders(), ordered::at);
      ordered.end();
      Progress ended = progress("ended", answered.accepted().size());
      boolean settled =
          new Settling(rows.sql(), mails, letters, watcher.seen(), options.workerDelay())
              .await(answered.accepted().size(), ended);
      ended.end();
      Findings findings =
          new Investigation(brokers, rows.sql(), mails, letters)
              .findings(options.orders(), answered, watcher.seen());
      double seconds = (Time.system().nanos() - begun) / 1e9;
      return new Report(
          options,
          brokers,
          shop.url(),
          Outcome.of(findings, mix.expected()),
          mix.expected(),
          findings,
          settled,
          seconds);
    }
  }

  /** They end with the JVM by themselves, so on Ctrl-C they are left to that. */
  private Brokers brokers() {
    Brokers set = setting.brokers().get();
    ends.push(stopping(() -> {}, set::close));
    return set;
  }

  /** Ends something in one way when the JVM ends, in the other when the run does. */
  private AutoCloseable stopping(Runnable whenJvmEnds, Runnable usually) {
    return () -> (stopping ? whenJvmEnds : usually).run();
  }

  private Progress progress(String what, int total) {
    return new Progress(err, terminal, what, total);
  }

  private Path temporaryFolder() throws IOException {
    Path folder = Folder.temporary(Path.of(System.getProperty("java.io.tmpdir")));
    ends.last(() -> Folder.delete(folder));
    return folder;
  }

  private void stayUp(Shop shop) throws InterruptedException {
    err.println("The shop stays up: open " + shop.url() + " ; Ctrl-C ends it.");
    new CountDownLatch(1).await();
  }

  /** Ends everything while the JVM ends, and waits at most so long for it. */
  void stop(Duration limit) {
    stopping = true;
    ends.closeWithin(limit);
  }

  @Override
  public void close() {
    ends.close();
  }
}
