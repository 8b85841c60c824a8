package dev.comms.grpc;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The peer in src/test/js: a process of Node.js that serves, and calls what it is told to. */
final class NodePeer implements AutoCloseable {
  private static final Path SOURCES = Path.of("src", "test", "js");
  private static final Path INSTALLED = Path.of("target", "js");

  private final Process process;
  private final Writer orders;
  // A test sends a few dozen orders at most.
  private final List<List<String>> lines = new CopyOnWriteArrayList<>();
  private int ids;

  private NodePeer() throws IOException {
    process =
        new ProcessBuilder("node", "peer.js")
            .directory(INSTALLED.toFile())
            .redirectError(INSTALLED.resolve("peer.log").toFile())
            .start();
    orders = process.outputWriter();
    Thread reader = new Thread(this::read, "it-node");
    reader.setDaemon(true);
    reader.start();
  }

  static NodePeer start() throws IOException, InterruptedException {
    install();
    NodePeer peer = new NodePeer();
    peer.event("listening");
    return peer;
  }

  /** What package-lock.json names, and nothing newer; once per clean build. */
  private static void install() throws IOException, InterruptedException {
    Path lock = INSTALLED.resolve("package-lock.json");
    boolean same =
        Files.exists(INSTALLED.resolve("node_modules").resolve(".package-lock.json"))
            && Files.exists(lock)
            && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) < 0;
    Files.createDirectories(INSTALLED);
    for (String file :
        List.of("package.json", "package-lock.json", "peer.js", "interop.proto", "status.proto")) {
      Files.copy(
          SOURCES.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    if (same) {
      return;
    }
    File log = INSTALLED.resolve("npm.log").toFile();
    Process npm;
    try {
      npm =
          new ProcessBuilder(
                  "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")
              .directory(INSTALLED.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log)
              .start();
    } catch (IOException missing) {
      throw new AssertionError("no npm; run ./comms test, which installs what is missing", missing);
    }
    if (!npm.waitFor(3, TimeUnit.MINUTES) || npm.exitValue() != 0) {
      npm.destroyForcibly();
      throw new AssertionError("npm ci failed; read " + log);
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(Arrays.asList(line.split("\t", -1)));
      }
    } catch (IOException ended) {
      lines.add(List.of("event", "ended", ended.toString()));
    }
  }

  /** Where it serves. */
  String address() {
    return "127.0.0.1:" + event("listening").get(2);
  }

  /** Gives an order, and does not wait for what comes of it. */
  synchronized String order(String verb, String address, int millis, String... texts) {
    String id = "order-" + ++ids;
    try {
      orders.write(
          id + "\t" + verb + "\t" + address + "\t" + millis + "\t" + String.join("\t", texts));
      orders.write("\n");
      orders.flush();
    } catch (IOException ended) {
      throw new AssertionError("the peer has ended; read " + INSTALLED + "/peer.log", ended);
    }
    return id;
  }

  /** What became of an order: "ok" and the replies, or "error" and what is known of it. */
  List<String> end(String id) {
    List<String> line =
        await(
            one ->
                one.get(0).equals(id) && (one.get(1).equals("ok") || one.get(1).equals("error")));
    return line.subList(1, line.size());
  }

  /** Waits for what its server saw: the event's words. */
  List<String> event(String... words) {
    return await(one -> begins(one, words));
  }

  boolean saw(String... words) {
    return lines.stream().anyMatch(one -> begins(one, words));
  }

  private static boolean begins(List<String> line, String... words) {
    return line.size() > words.length
        && line.get(0).equals("event")
        && line.subList(1, words.length + 1).equals(List.of(words));
  }

  private List<String> await(Predicate<List<String>> wanted) {
    org.awaitility.Awaitility.await()
        .atMost(Service.LONG)
        .until(() -> lines.stream().anyMatch(wanted));
    return lines.stream().filter(wanted).findFirst().orElseThrow();
  }

  /** It ends with its standard input. */
  @Override
  public void close() throws IOException {
    orders.close();
    try {
      if (process.waitFor(10, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
