package org.tunic.bench.network;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * CPU time and live heap of a piece of work, first and warm.
 *
 * <p>Threads: one.
 */
final class Meter {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final double NANOS = 1e9;
  private static final double MIB = 1024.0 * 1024;

  /**
   * What one piece of work took.
   *
   * @param firstSeconds CPU time of this thread, the first time in the process or for this size
   * @param warmSeconds the median of the further times
   * @param mib live heap that its result holds
   */
  record Cost(double firstSeconds, double warmSeconds, double mib) {}

  private Meter() {}

  /** Does the work {@code 1 + warm} times; only one result is held at a time. */
  static <T> Cost measure(int warm, Supplier<T> work) {
    double before = liveBytes();
    long start = cpuNanos();
    T result = work.get();
    double first = (cpuNanos() - start) / NANOS;
    double held;
    try {
      held = liveBytes() - before;
    } finally {
      Reference.reachabilityFence(result);
    }
    double[] times = new double[warm];
    for (int i = 0; i < warm; i++) {
      start = cpuNanos();
      var _ = work.get();
      times[i] = (cpuNanos() - start) / NANOS;
    }
    Arrays.sort(times);
    return new Cost(first, warm == 0 ? first : times[warm / 2], held / MIB);
  }

  /** CPU time of this thread. Collections run on threads of the JVM and are not in it. */
  static long cpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  private static double liveBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
