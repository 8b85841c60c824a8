package dev.comms.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** What a Redis still has, asked for on a plain socket. */
final class RedisLook {
  private static final int LIMIT_MILLIS = 5_000;

  private final int port;

  RedisLook(int port) {
    this.port = port;
  }

  /** Every answer is on the disk's side of a crash of the process; `everysec` may postpone it. */
  void durable() {
    ask("CONFIG SET appendfsync always");
  }

  /** Tasks that wait, are delayed, or are being done. */
  long tasks(String task) {
    String tag = "{torture:task:" + task + "}";
    return ask("XLEN " + tag + ":work") + ask("ZCARD " + tag + ":delayed");
  }

  /** Events that were delivered and not settled, and those that were not delivered. */
  long events(String event, String group) {
    String log = "{torture:event:" + event + "}:log";
    // Entries are kept, so what is left is told by the group: pending, and behind the last read.
    long left = group(log, group);
    if (left < 0) {
      throw new IllegalStateException("redis: " + log + " has no group " + group);
    }
    return left;
  }

  private long group(String log, String group) {
    String script =
        "for _,g in ipairs(redis.call('XINFO','GROUPS',KEYS[1])) do local m={} for i=1,#g,2 do"
            + " m[g[i]]=g[i+1] end if m['name']==ARGV[1] then local after=redis.call('XRANGE',"
            + "KEYS[1],'('..m['last-delivered-id'],'+') return #after+m['pending'] end end"
            + " return -1";
    return ask("EVAL \"" + script + "\" 1 " + log + " " + group);
  }

  private long ask(String command) {
    String answer = answer(command);
    if (answer.startsWith(":")) {
      return Long.parseLong(answer.substring(1));
    }
    if (answer.startsWith("+OK")) {
      return 0;
    }
    throw new IllegalStateException("redis answered " + answer + " to " + command);
  }

  private String answer(String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(LIMIT_MILLIS);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      return String.valueOf(in.readLine());
    } catch (IOException away) {
      throw new UncheckedIOException("redis: " + command, away);
    }
  }
}
