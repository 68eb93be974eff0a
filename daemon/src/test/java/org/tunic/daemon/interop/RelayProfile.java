package org.tunic.daemon.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the CPU time of a relay of ours goes, by area, from a flight recording with {@code
 * jdk.CPUTimeSample} events: a sample for each 10 ms of CPU time of a thread that runs Java, native
 * code and system calls included. What the compiler and the collector use is not in them and comes
 * from {@code /proc}.
 *
 * <p>A sample counts for the innermost frame that tells its area.
 *
 * <p>Threads: main.
 */
final class RelayProfile {
  /** What a sample may be counted for, by the class of a frame. */
  private enum Area {
    CELL_CRYPTO(
        "cell ciphers and digests",
        "com.sun.crypto.",
        "javax.crypto.",
        "sun.security.provider.",
        "org.tunic.crypto.relaycell."),
    TLS_LIBRARY("TLS: BoringSSL", "io.netty.internal.tcnative."),
    SYSTEM_CALLS(
        "system calls",
        "io.netty.channel.unix.Socket",
        "io.netty.channel.unix.FileDescriptor",
        "io.netty.channel.epoll.Native",
        "io.netty.channel.epoll.LinuxSocket",
        "jdk.internal.misc.Unsafe.park"),
    TLS_HANDLER("TLS: Netty's handler", "io.netty.handler.ssl.", "io.netty.handler.codec."),
    BUFFERS("buffers: copies, allocation", "io.netty.buffer.", "java.nio."),
    QUEUES(
        "queues and scheduling",
        "org.tunic.router.channel.CellQueue",
        "org.tunic.router.channel.QuietestFirst",
        "org.tunic.router.channel.OutgoingCells",
        "org.tunic.router.channel.LoopContext"),
    CELLS("framing, circuit table, circuits", "org.tunic.router."),
    NETTY("Netty: pipeline and loops", "io.netty."),
    REST("rest", "");

    private final String label;
    private final List<String> prefixes;

    Area(String label, String... prefixes) {
      this.label = label;
      this.prefixes = List.of(prefixes);
    }

    static Area of(List<RecordedFrame> stack) {
      for (RecordedFrame frame : stack) {
        String method = frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
        for (Area area : values()) {
          if (area != REST && area.prefixes.stream().anyMatch(method::startsWith)) {
            return area;
          }
        }
      }
      return REST;
    }
  }

  private RelayProfile() {}

  /**
   * The threads of a process and the CPU time of each so far, in clock ticks, those of the same
   * name together.
   */
  static Map<String, Long> threads(long pid) throws IOException {
    Map<String, Long> ticks = new TreeMap<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path task : tasks.toList()) {
        String stat;
        try {
          stat = Files.readString(task.resolve("stat"));
        } catch (IOException ended) {
          continue;
        }
        String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        ticks.merge(
            group(name), Long.parseLong(fields[11]) + Long.parseLong(fields[12]), Long::sum);
      }
    }
    return ticks;
  }

  private static String group(String thread) {
    if (thread.contains("Compiler")) {
      return "compiler";
    }
    return thread.startsWith("VM ") || thread.startsWith("GC ") ? "collector and VM" : "Java";
  }

  /**
   * The shares of a load, in percent of all CPU time of the process, one a line.
   *
   * @param recording what the relay wrote when it ended
   * @param from when the load began
   * @param to when it ended
   * @param before threads before the load
   * @param after threads after it
   */
  static String report(
      Path recording, Instant from, Instant to, Map<String, Long> before, Map<String, Long> after)
      throws IOException {
    Map<Area, Integer> samples = new EnumMap<>(Area.class);
    Map<String, Integer> methods = new TreeMap<>();
    int all = 0;
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        if (!event.getEventType().getName().equals("jdk.CPUTimeSample")
            || event.getStackTrace() == null
            || event.getStartTime().isBefore(from)
            || event.getStartTime().isAfter(to)) {
          continue;
        }
        List<RecordedFrame> stack = event.getStackTrace().getFrames();
        samples.merge(Area.of(stack), 1, Integer::sum);
        RecordedFrame top = stack.getFirst();
        methods.merge(
            top.getMethod().getType().getName() + "." + top.getMethod().getName(), 1, Integer::sum);
        all++;
      }
    }
    if (all == 0) {
      throw new IOException("no sample of the load in " + recording);
    }
    Map<String, Long> ticks = new TreeMap<>();
    after.forEach((name, now) -> ticks.put(name, now - before.getOrDefault(name, 0L)));
    double total = ticks.values().stream().mapToLong(Long::longValue).sum();
    double java = 100 * ticks.getOrDefault("Java", 0L) / total;
    StringBuilder out = new StringBuilder();
    for (Area area : Area.values()) {
      line(out, java * samples.getOrDefault(area, 0) / all, area.label);
    }
    for (String other : List.of("compiler", "collector and VM")) {
      line(out, 100 * ticks.getOrDefault(other, 0L) / total, other);
    }
    out.append("methods on top, of ").append(all).append(" samples:\n");
    int inAll = all;
    methods.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(25)
        .forEach(e -> line(out, java * e.getValue() / inAll, e.getKey()));
    return out.toString();
  }

  private static void line(StringBuilder out, double percent, String what) {
    out.append("%5.1f %%  %s%n".formatted(percent, what));
  }
}
