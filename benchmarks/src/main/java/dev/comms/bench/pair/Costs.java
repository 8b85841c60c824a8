package dev.comms.bench.pair;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

/**
 * What this process's threads have used so far. A thread that ended takes what it used with it, and
 * the JVM's own threads do not count: neither its compiler nor its collector. (The CPU of a whole
 * process is counted in steps of 10 ms, too coarse for a few slow operations.)
 *
 * @param compilingMillis the time that the JVM's compiler was at work
 * @param processNanos CPU of the whole process in those coarse steps, with compiler and collector
 */
record Costs(long bytes, long cpuNanos, long compilingMillis, long processNanos) {
  static final Costs NONE = new Costs(0, 0, 0, 0);

  static Costs now() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] ids = threads.getAllThreadIds();
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    return new Costs(
        sum(threads.getThreadAllocatedBytes(ids)),
        sum(threads.getThreadCpuTime(ids)),
        compiler == null ? 0 : compiler.getTotalCompilationTime(),
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime());
  }

  /** A thread that ended in the meantime has a negative value. */
  private static long sum(long[] each) {
    return Arrays.stream(each).filter(value -> value > 0).sum();
  }

  Costs since(Costs before) {
    return new Costs(
        bytes - before.bytes,
        cpuNanos - before.cpuNanos,
        compilingMillis - before.compilingMillis,
        processNanos - before.processNanos);
  }

  /** The line that a server process answers with. */
  String line() {
    return bytes + "," + cpuNanos + "," + compilingMillis + "," + processNanos;
  }

  static Costs parse(String line) {
    List<Long> values = Arrays.stream(line.split(",", -1)).map(Long::valueOf).toList();
    return new Costs(values.get(0), values.get(1), values.get(2), values.get(3));
  }
}
