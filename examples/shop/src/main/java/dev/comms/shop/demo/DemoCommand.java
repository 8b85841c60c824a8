package dev.comms.shop.demo;

import dev.comms.contract.CommsException;
import dev.comms.testkit.brokers.BrokerUnavailable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./comms demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisHeading = "Usage: ",
    customSynopsis = "./comms demo [--orders N] [--worker-delay D] [--keep] [--json]",
    header =
        "Runs a whole shop on real brokers, sends orders through it and proves what became"
            + " of every one.",
    description = {
      "",
      "POST /orders (REST) -> CheckStock, ReserveStock (gRPC) -> 202 -> task orders.process"
          + " (RabbitMQ) -> GetUser, Charge (gRPC) -> task mail.send (RabbitMQ) -> event"
          + " user.activity (Kafka) -> analytics and recommendations -> event order.status (Redis"
          + " Streams) -> server-sent events.",
      "",
      "Kafka, Redis, PostgreSQL and RabbitMQ are started on free ports in temporary folders and are"
          + " gone afterwards. COMMS_KAFKA_SERVERS, COMMS_REDIS_URI, COMMS_RABBIT_URI and"
          + " COMMS_JDBC_URL name brokers to use instead. Without any RabbitMQ the tasks run on Redis"
          + " Streams.",
      ""
    },
    footer = {
      "",
      "Exit code: 0 if nothing was lost, doubled or is missing; 1 if something was; 2 if it could"
          + " not run.",
      "",
      "Try:",
      "  ./comms demo --orders 50 --json",
      "  ./comms demo --keep                 then open the gateway's address",
      "  ./comms demo --orders 200 --worker-delay 200ms",
      "      and, while it runs, purge the work queue with the command that it prints:",
      "      the purged orders are reported as lost, and the exit code is 1."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final Duration END_WITHIN = Duration.ofSeconds(6);

  @Option(
      names = "--orders",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many orders, 1 to 100000 (default: ${DEFAULT-VALUE}).")
  private int orders;

  @Option(
      names = "--worker-delay",
      paramLabel = "D",
      defaultValue = "0ms",
      converter = Durations.class,
      description = "How long each order's task takes on top: 200ms, 2s; at most 20s.")
  private Duration workerDelay = Duration.ZERO;

  @Option(names = "--keep", description = "Stay up afterwards until Ctrl-C.")
  private boolean keep;

  @Option(
      names = "--json",
      description = "The last line on stdout is the report as one JSON object.")
  private boolean json;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Decides the sequence of the orders (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "0",
      description = "The gateway's port; 0 takes a free one (default).")
  private int port;

  private final AtomicBoolean stopping = new AtomicBoolean();
  private volatile boolean ended;

  /** Made by picocli, which then sets the options. */
  public DemoCommand() {}

  @Override
  public Integer call() {
    DemoOptions options;
    try {
      options = new DemoOptions(orders, workerDelay, keep, json, seed, port);
    } catch (IllegalArgumentException wrong) {
      return say(wrong.getMessage() + "; see ./comms demo --help");
    }
    try (Demo demo = demo(options)) {
      Thread hook = new Thread(() -> stop(demo), "demo-end");
      Runtime.getRuntime().addShutdownHook(hook);
      return run(demo, System.err);
    } finally {
      ended = true;
    }
  }

  private static Demo demo(DemoOptions options) {
    return new Demo(options, Demo.Setting.USUAL, System.out, System.err, terminal());
  }

  /** From JDK 22 on, only the JDK's plain console is there only with a terminal. */
  @SuppressWarnings("SystemConsoleNull") // as said
  private static boolean terminal() {
    System.setProperty("jdk.console", "java.base");
    return System.console() != null;
  }

  private int run(Demo demo, PrintStream err) {
    try {
      return demo.run() ? 0 : 1;
    } catch (BrokerUnavailable | CommsException | SQLException | IOException cannot) {
      return say(cannot.getMessage());
    } catch (InterruptedException stopped) {
      return 2;
    } catch (RuntimeException unexpected) {
      if (System.getenv("COMMS_DEBUG") != null) {
        unexpected.printStackTrace(err);
      }
      return say(Causes.text(unexpected));
    }
  }

  /** One line that says what, which value and what to do. */
  private int say(@Nullable String message) {
    if (!stopping.get()) {
      System.err.println("comms demo: " + Causes.firstLine(message));
    }
    return 2;
  }

  /** On Ctrl-C: ends everything, and does not wait for ever for it. */
  private void stop(Demo demo) {
    if (ended) {
      return;
    }
    stopping.set(true);
    // The brokers end at the same time, and every connection would complain of that.
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
    demo.stop(END_WITHIN);
  }
}
