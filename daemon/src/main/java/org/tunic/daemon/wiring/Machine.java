package org.tunic.daemon.wiring;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;
import org.tunic.daemon.config.ConfigException;

/**
 * What the machine lends this process, and what of it peers may make us use.
 *
 * <p>Threads: immutable.
 *
 * @param memory bytes of memory of the machine, or of the container
 * @param maxHeap bytes the JVM's heap may grow to, where cells lie
 * @param descriptors files and sockets that may be open
 */
record Machine(long memory, long maxHeap, long descriptors) {
  private static final long MEGABYTE = 1L << 20;
  private static final long GIGABYTE = 1L << 30;

  /** From here on memory is plenty: two relays should fit. */
  private static final long PLENTY = 8 * GIGABYTE;

  private static final long LEAST_QUEUES = 256 * MEGABYTE;
  private static final long MOST_QUEUES = 8 * GIGABYTE;

  /** Descriptors that are no connections: logs, listeners, documents. */
  static final int RESERVED_DESCRIPTORS = 32;

  private static final int FEWEST_ACCEPTED = 64;

  /** This machine and this JVM. */
  static Machine look() {
    long memory = PLENTY;
    long descriptors = Integer.MAX_VALUE;
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os) {
      memory = os.getTotalMemorySize();
      if (os instanceof UnixOperatingSystemMXBean unix) {
        descriptors = unix.getMaxFileDescriptorCount();
      }
    }
    return new Machine(memory, Runtime.getRuntime().maxMemory(), descriptors);
  }

  /**
   * Bytes that queues and buffers may hold: what the operator set, or C tor's share of the
   * machine's memory (two fifths from 8 GB on, else three quarters; 256 MB to 8 GB); never more
   * than three quarters of what the JVM may use, or it would fail before we notice.
   */
  long queues(OptionalLong set) {
    long wanted =
        set.orElseGet(
            () ->
                Math.clamp(
                    memory >= PLENTY ? memory / 5 * 2 : memory / 4 * 3, LEAST_QUEUES, MOST_QUEUES));
    return Math.min(wanted, maxHeap / 4 * 3);
  }

  /** Connections that may be accepted, of {@code byDefault}. */
  int accepted(int byDefault) {
    long free = (descriptors - RESERVED_DESCRIPTORS) / 10 * 9;
    return Math.clamp(free, FEWEST_ACCEPTED, byDefault);
  }

  /**
   * Checks that ConnLimit descriptors can be had.
   *
   * @throws ConfigException if not: as C tor, a relay that would fail later does not start
   */
  void check(int connLimit) throws ConfigException {
    if (connLimit < RESERVED_DESCRIPTORS) {
      throw new ConfigException("ConnLimit is too low; write at least " + RESERVED_DESCRIPTORS);
    }
    if (descriptors < connLimit) {
      throw new ConfigException(
          "ConnLimit asks for "
              + connLimit
              + " file descriptors, and the system allows "
              + descriptors
              + "; raise the limit (ulimit -n, LimitNOFILE=) or lower ConnLimit");
    }
  }
}
