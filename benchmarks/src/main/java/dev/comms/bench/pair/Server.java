package dev.comms.bench.pair;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The process of a server: {@code grpc|comms|armeria|rest}. It says its port, answers each line of
 * standard input with what it has used so far, and ends with its input.
 */
public final class Server {
  private Server() {}

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    Serving serving = Serving.Kind.valueOf(arguments[0].toUpperCase(Locale.ROOT)).start();
    System.out.println(Client.ANSWER + serving.port());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(Client.ANSWER + Costs.now().line());
    }
    serving.end().close();
    System.exit(0);
  }
}
