package dev.comms.bench.pair;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** What this process has used so far. A thread that ended takes its allocations with it. */
final class Costs {
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  long cpuNanos() {
    return system.getProcessCpuTime();
  }

  long allocatedBytes() {
    long[] each = threads.getThreadAllocatedBytes(threads.getAllThreadIds());
    return Arrays.stream(each).filter(bytes -> bytes > 0).sum();
  }
}
