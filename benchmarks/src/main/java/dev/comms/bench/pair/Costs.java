package dev.comms.bench.pair;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * What this process has used so far. A thread that ended takes its allocations with it.
 *
 * @param compilingMillis the time that the JVM's compiler was at work
 */
record Costs(long bytes, long cpuNanos, long compilingMillis) {

  static Costs now() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] each = threads.getThreadAllocatedBytes(threads.getAllThreadIds());
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    return new Costs(
        Arrays.stream(each).filter(bytes -> bytes > 0).sum(),
        system.getProcessCpuTime(),
        compiler == null ? 0 : compiler.getTotalCompilationTime());
  }

  Costs since(Costs before) {
    return new Costs(
        bytes - before.bytes,
        cpuNanos - before.cpuNanos,
        compilingMillis - before.compilingMillis);
  }
}
