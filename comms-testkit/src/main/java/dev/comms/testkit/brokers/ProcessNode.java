package dev.comms.testkit.brokers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A broker process of our own, which can be ended, frozen and started again. */
class ProcessNode implements BrokerNode {

  private static final Duration STOP = Duration.ofSeconds(60);
  private static final Duration SIGNAL = Duration.ofSeconds(20);

  /**
   * How the process is started.
   *
   * @param logs where it says what it does; the first takes its output
   * @param limit how long it may take until it serves
   */
  record Plan(
      String kind,
      String name,
      String address,
      int port,
      Path folder,
      List<String> command,
      Map<String, String> environment,
      List<Path> logs,
      Duration limit) {}

  /** Asks a started process for its version: it answers once it serves. */
  interface Ready {
    String version(Child child) throws Exception;
  }

  private final Plan plan;
  private final Ready ready;
  private final Scope scope;

  /** Held by one operation at a time, also while it waits; never by the close. */
  private final Object turn = new Object();

  private volatile @Nullable Child child;
  private volatile boolean closed;

  ProcessNode(Plan plan, Ready ready, Scope scope) {
    this.plan = plan;
    this.ready = ready;
    this.scope = scope;
    scope.own(this::close);
  }

  @Override
  public final String name() {
    return plan.name;
  }

  @Override
  public final String address() {
    return plan.address;
  }

  @Override
  public final int port() {
    return plan.port;
  }

  @Override
  public final long pid() {
    Child last = child;
    return last == null ? -1 : last.pid();
  }

  @Override
  public final boolean alive() {
    Child last = child;
    return last != null && last.alive();
  }

  @Override
  public final void start() {
    synchronized (turn) {
      if (launch()) {
        awaitReady();
      }
    }
  }

  @Override
  public final void restart() {
    synchronized (turn) {
      stop();
      start();
    }
  }

  /**
   * Starts the process without waiting until it serves.
   *
   * @return whether it was down
   */
  final boolean launch() {
    synchronized (turn) {
      if (alive()) {
        return false;
      }
      if (closed) {
        throw new BrokerUnavailable(this + " is closed: make a new set of nodes");
      }
      try {
        Path console = plan.logs.get(0);
        child = scope.launch(plan.folder, console, plan.command, plan.environment);
      } catch (IOException e) {
        throw Failures.start(plan.kind, plan.name, Secrets.reason(e), log(), e);
      }
      // the close sets its flag first and then looks for a process: one of the two sees the other
      if (closed) {
        close();
      }
      return true;
    }
  }

  /** Waits until the process serves; one that does not in time is killed. */
  final String awaitReady() {
    synchronized (turn) {
      Child started = running("start");
      try {
        return Readiness.await(plan.limit, started::alive, () -> ready.version(started));
      } catch (Readiness.NotReady e) {
        String program = plan.name + ", " + plan.command.get(0);
        BrokerUnavailable failure =
            Failures.start(plan.kind, program, plan.port, started, log(), e);
        started.kill(SIGNAL);
        throw failure;
      }
    }
  }

  @Override
  public final void stop() {
    synchronized (turn) {
      Child running = child;
      if (running == null || !running.alive()) {
        return;
      }
      try {
        running.terminate();
      } catch (IOException e) {
        throw failed("could not be stopped (" + Secrets.reason(e) + "): kill() it", e);
      }
      if (!running.ended(STOP)) {
        throw failed("runs " + STOP.toSeconds() + " s after SIGTERM: kill() it", null);
      }
    }
  }

  @Override
  public final void kill() {
    synchronized (turn) {
      Child running = child;
      if (running != null && !running.kill(SIGNAL)) {
        throw failed("is there " + SIGNAL.toSeconds() + " s after SIGKILL: free the machine", null);
      }
    }
  }

  @Override
  public final void pause() {
    synchronized (turn) {
      try {
        running("pause").freeze(SIGNAL);
      } catch (IOException | Readiness.NotReady e) {
        throw failed("could not be paused (" + Secrets.reason(e) + "): start() it if it ended", e);
      }
    }
  }

  @Override
  public final void resume() {
    synchronized (turn) {
      try {
        running("resume").thaw();
      } catch (IOException e) {
        throw failed("could not be resumed (" + Secrets.reason(e) + "): kill() and start() it", e);
      }
    }
  }

  private Child running(String verb) {
    Child last = child;
    if (last == null || !last.alive()) {
      throw failed("does not run, so that there is nothing to " + verb + ": start() it", null);
    }
    return last;
  }

  final IllegalStateException failed(String what, @Nullable Throwable why) {
    return new IllegalStateException(
        this + " " + what + "; its log ends:\n" + Secrets.hide(log()), why);
  }

  final Scope scope() {
    return scope;
  }

  final String log() {
    return plan.logs.stream().map(Child::tail).collect(Collectors.joining("\n")).strip();
  }

  private void close() {
    closed = true;
    Child running = child;
    if (running != null) {
      running.kill(SIGNAL);
    }
  }

  @Override
  public final String toString() {
    return plan.kind + ": " + plan.name + " (pid " + pid() + ", port " + plan.port + ")";
  }
}
