package dev.comms.testkit.history;

import dev.comms.contract.Contract;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import dev.comms.contract.Time;
import dev.comms.policy.Policies;
import dev.comms.spi.EventTransport;
import dev.comms.spi.TaskTransport;
import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what one process does, each line before it is done and again when it has ended, so
 * that {@link HistoryCheck} can say afterwards whether anything was lost, invented, repeated or out
 * of order.
 *
 * <pre>{@code
 * try (History history = History.to(file, "orders")) {
 *   Comms comms = Comms.service("orders", meters).policies(history.policies(Policies.standard())).build();
 *   Tasks tasks = comms.tasks(history.tasks(RabbitTransport.at(uri).confirmedWithin(ofSeconds(5))));
 *   ...                                  // submit, handle, break things
 *   history.left("orders.process", 0);   // what the broker says that it still has
 *   history.drained();
 * }
 * HistoryCheck.of(file).violations();    // empty, or what is wrong
 * }</pre>
 *
 * <p>A line is with the operating system before the call goes on, so the death of the process loses
 * none; somebody else then writes that it {@link #died}. An entry costs some microseconds, and the
 * process writes one at a time. What is recorded is not changed by it: a line that cannot be
 * written fails nothing but {@link #close}. Safe for use by many threads.
 */
public final class History implements AutoCloseable {
  static final String FORMAT = "1";

  private final String process;
  private final Time time;
  private final OutputStream out;
  private final Set<String> declared = ConcurrentHashMap.newKeySet();
  private final AtomicLong deliveries = new AtomicLong();
  // Guarded by this, as the order of the lines is.
  private long lines;
  private boolean closed;
  private @Nullable IOException failure;

  private History(String process, Time time, OutputStream out) {
    this.process = process;
    this.time = time;
    this.out = out;
  }

  /** The same as {@link #to(Path, String, Time)} with the system's clock. */
  public static History to(Path file, String process) {
    return to(file, process, Time.system());
  }

  /**
   * Begins a new file.
   *
   * @param file what was there is overwritten
   * @param process the name of this process, other than that of any whose file is checked with it
   * @param time the clock of the services that are recorded
   * @throws IllegalArgumentException if the process has no name
   * @throws UncheckedIOException if it cannot be written
   */
  @SuppressWarnings("resource") // the history owns the stream
  public static History to(Path file, String process, Time time) {
    if (process.isBlank()) {
      throw new IllegalArgumentException("history: the process has no name; name it, as 'orders'");
    }
    try {
      History history = new History(process, time, Files.newOutputStream(file));
      history.write(Op.BEGIN, Type.OK, "", "", Map.of(Facts.FORMAT, FORMAT));
      return history;
    } catch (IOException failed) {
      throw new UncheckedIOException("history: " + file + " cannot be written", failed);
    }
  }

  /** These policies, and that what is sent and what is handled is written down. */
  public Policies policies(Policies policies) {
    return policies.aroundMessage(new Sending(this)).aroundHandling(new Running(this));
  }

  /** This transport, with each delivery and how it is settled written down. */
  public TaskTransport tasks(TaskTransport transport) {
    return new RecordedTasks(this, transport);
  }

  /** This transport, with each delivery and how it is settled written down. */
  public EventTransport events(EventTransport transport) {
    return new RecordedEvents(this, transport);
  }

  /** That a group reads an event from the earliest on, so that it must see all there are. */
  public void group(Event<?> event, String group) {
    declare(event);
    write(Op.DECLARE, Type.OK, event.name(), "", Map.of(Facts.GROUP, group));
  }

  /**
   * That a dead letter was found, at the end: of what is put back to work later, it is no proof.
   *
   * @param group the group that it failed in, empty for a task
   */
  public void dead(String contract, String group, String id, String reason) {
    write(Op.DEAD, Type.OK, contract, id, Map.of(Facts.GROUP, group, Facts.WHY, reason));
  }

  /** The position that a group was seen to have: one more than the last that it has done with. */
  public void commit(String contract, String group, int partition, long offset) {
    write(
        Op.COMMIT,
        Type.OK,
        contract,
        "",
        Map.of(
            Facts.GROUP,
            group,
            Facts.PARTITION,
            String.valueOf(partition),
            Facts.OFFSET,
            String.valueOf(offset)));
  }

  /** That another process was ended before it could end its file. */
  public void died(String other) {
    write(Op.FAULT, Type.OK, "", other, Map.of(Facts.KIND, Facts.DIED));
  }

  /** What was broken on purpose; for readers. */
  public void fault(String kind) {
    write(Op.FAULT, Type.OK, "", "", Map.of(Facts.KIND, kind));
  }

  /** How many messages of this contract its broker says that it still has, after the draining. */
  public void left(String contract, long count) {
    write(Op.LEFT, Type.OK, contract, "", Map.of(Facts.COUNT, String.valueOf(count)));
  }

  /** All that was confirmed had its time to be handled; without this line nothing is proven. */
  public void drained() {
    write(Op.DRAINED, Type.OK, "", "", Map.of());
  }

  /** What a contract promises, once, and again when an operator has changed it. */
  void declare(Contract contract) {
    if (contract instanceof Task<?> task) {
      declare(task.name(), task.attempts(), task.isAtMostOnce());
    } else if (contract instanceof Event<?> event) {
      declare(event.name(), event.attempts(), event.isAtMostOnce());
    }
  }

  private void declare(String name, int attempts, boolean once) {
    if (declared.add(name + " " + attempts + " " + once)) {
      write(Op.DECLARE, Type.OK, name, "", terms(attempts, once));
    }
  }

  private static Map<String, String> terms(int attempts, boolean once) {
    return Map.of(Facts.ATTEMPTS, String.valueOf(attempts), Facts.ONCE, String.valueOf(once));
  }

  Time time() {
    return time;
  }

  String nextDelivery() {
    return process + "-" + deliveries.incrementAndGet();
  }

  void write(Op op, Type type, String channel, String id, Map<String, String> facts) {
    synchronized (this) {
      if (closed || failure != null) {
        return;
      }
      lines++;
      Entry entry = new Entry(lines, time.nanos(), process, op, type, channel, id, facts);
      try {
        out.write((Json.line(entry) + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (IOException failed) {
        failure = failed;
      }
    }
  }

  /**
   * Ends the file; what comes later is not written. A second call does nothing.
   *
   * @throws UncheckedIOException if a line could not be written; the check finds the file torn
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    write(Op.END, Type.OK, "", "", Map.of(Facts.COUNT, String.valueOf(lines + 1)));
    closed = true;
    try {
      out.close();
    } catch (IOException failed) {
      failure = failure == null ? failed : failure;
    }
    if (failure != null) {
      throw new UncheckedIOException(
          "history: the file of " + process + " is not whole; make room, and record anew", failure);
    }
  }
}
