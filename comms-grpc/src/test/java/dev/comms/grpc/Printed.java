package dev.comms.grpc;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** All that is printed and logged while it is open: SLF4J's simple logger writes to System.err. */
final class Printed implements AutoCloseable {
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream kept = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  // gRPC logs by java.util.logging, whose console keeps the stream that it found at its start.
  private final Handler logged =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          kept.print(new SimpleFormatter().format(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  Printed() {
    System.setOut(kept);
    System.setErr(kept);
    Logger.getLogger("").addHandler(logged);
  }

  String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    Logger.getLogger("").removeHandler(logged);
    System.setOut(out);
    System.setErr(err);
    err.print(text());
  }
}
