package dev.comms.testkit.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A {@link FaultProxy} as a program: {@code --to HOST:PORT [--listen PORT] [--seed N] FAULT...}. It
 * prints its address, then reads commands from its standard input until that ends or Ctrl-C: {@code
 * heal}, {@code reset} (every open connection, once), {@code status}, or a fault.
 */
public final class ProxyMain {
  private static final String HELP =
      """
      usage: ./comms proxy --to HOST:PORT [--listen PORT] [--seed N] FAULT...

        --to       the server: where connections go
        --listen   the port to listen on, on the loopback address; else a free one
        --seed     what jitter and corruption are drawn from; else 1

      faults, each with ,client or ,server (=client or =server) for the bytes to that side alone:
        latency=500ms,200ms  delay and jitter         bandwidth=1024     bytes per second
        blackhole            nothing passes           silent             accepts, never answers
        reset=0              RST after so many bytes  cut=1000           FIN after so many bytes
        slowclose=2s         closes are late          slice=10,5ms       bytes per write and pause
        corrupt=0.01         chance of each byte      corrupt-every=100  one byte of so many
        refuse               connecting is refused

      It prints its address, then reads commands from standard input until that ends:
        heal (takes all faults away), reset (every open connection, once), status, or a fault
      """;

  private final PrintStream out;
  private final PrintStream err;
  private final List<NetworkFault> faults = new ArrayList<>();
  private String host = "";
  private int port;
  private int listen;
  private long seed = 1;

  private ProxyMain(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Exit codes: 0 fine, 2 the arguments are wrong or the port is taken, with one line that says so.
   */
  public static void main(String... args) {
    System.exit(run(System.in, System.out, System.err, args));
  }

  static int run(InputStream in, PrintStream out, PrintStream err, String... args) {
    if (List.of(args).contains("--help")) {
      out.print(HELP);
      return 0;
    }
    ProxyMain main = new ProxyMain(out, err);
    try {
      main.read(args);
      main.serve(in);
      return 0;
    } catch (IllegalArgumentException | UncheckedIOException e) {
      err.println("comms proxy: " + e.getMessage());
      return 2;
    }
  }

  private void read(String... args) {
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--to" -> to(value(args, i++));
        case "--listen" -> listen = Values.port("--listen", Values.clamped(number(args, i++)));
        case "--seed" -> seed = number(args, i++);
        default -> faults.add(FaultWords.parse(args[i]));
      }
    }
    if (host.isEmpty()) {
      throw new IllegalArgumentException(
          "--to is missing: say for example --to localhost:5672, or --help");
    }
  }

  private void to(String target) {
    int colon = target.lastIndexOf(':');
    if (colon < 1 || !target.substring(colon + 1).matches("\\d{1,5}")) {
      throw new IllegalArgumentException(
          "--to is '" + target + "' but must be HOST:PORT: say for example --to localhost:5672");
    }
    host = target.substring(0, colon);
    port = Integer.parseInt(target.substring(colon + 1));
  }

  private static String value(String[] args, int option) {
    if (option + 1 == args.length) {
      throw new IllegalArgumentException(args[option] + " has no value: give one, or say --help");
    }
    return args[option + 1];
  }

  private static long number(String[] args, int option) {
    String value = value(args, option);
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          args[option] + " is '" + value + "' but must be a whole number: give one", e);
    }
  }

  private void serve(InputStream in) {
    try (FaultProxy proxy = listen == 0 ? FaultProxy.open(seed) : FaultProxy.open(listen, seed)) {
      faults.forEach(proxy::apply);
      proxy.target(host, port);
      out.println(proxy.address());
      out.flush();
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      String line;
      while ((line = lines.readLine()) != null) {
        obey(proxy, line.strip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("standard input cannot be read: " + e.getMessage(), e);
    }
  }

  /** A slip of who types must not end what others are connected to. */
  private void obey(FaultProxy proxy, String command) {
    try {
      switch (command) {
        case "" -> {}
        case "heal" -> proxy.heal();
        case "reset" -> proxy.resetAll();
        case "status" -> out.println(status(proxy));
        default -> proxy.apply(FaultWords.parse(command));
      }
      out.flush();
    } catch (IllegalArgumentException e) {
      err.println("comms proxy: " + e.getMessage() + "; or heal, reset, status");
    }
  }

  private String status(FaultProxy proxy) {
    String inForce =
        proxy.inForce().stream().map(Applied::toString).collect(Collectors.joining(" "));
    return String.format(
        "%s to %s:%d: %d open, %d accepted, %d bytes to the server, %d to the client; in force: %s",
        proxy.address(),
        host,
        port,
        proxy.connections(),
        proxy.accepted(),
        proxy.bytes(Direction.SERVER),
        proxy.bytes(Direction.CLIENT),
        inForce.isEmpty() ? "nothing" : inForce);
  }
}
