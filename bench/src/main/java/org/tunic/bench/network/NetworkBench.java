package org.tunic.bench.network;

import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.tunic.bench.network.Meter.Cost;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.SyntheticNetwork;
import org.tunic.directory.doc.Documents;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.ExitNeed;
import org.tunic.router.path.PathChoice;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.PathSelector;
import org.tunic.testing.SeededRandom;

/**
 * Prints what a client pays for networks of several sizes: CPU and memory to load consensus and
 * microdescriptors, and CPU for one path choice.
 *
 * <p>Arguments: numbers of relays; 2000, 8000 and 32000 without any.
 *
 * <p>Threads: main thread.
 */
public final class NetworkBench {
  private static final int[] SIZES = {2_000, 8_000, 32_000};
  private static final Instant VALID_AFTER = Instant.parse("2026-11-22T12:00:00Z");
  private static final int LOADS = 9;
  private static final int WARMING = 50_000;
  private static final int CHOICES = 100_000;

  /** One table: a line for each size of network. */
  private record Table(String title, List<String> rows) {
    Table(String title, String... columns) {
      this(title, new ArrayList<>());
      row((Object[]) columns);
    }

    void row(Object... cells) {
      StringBuilder line = new StringBuilder();
      for (Object cell : cells) {
        line.append("%16s".formatted(cell));
      }
      rows.add(line.toString());
    }

    void print(PrintStream out) {
      out.println(title);
      rows.forEach(out::println);
      out.println();
    }
  }

  private final Table loads =
      new Table(
          "Load: parse and verify the microdesc consensus, parse the microdescriptors, index",
          "relays",
          "consensus MiB",
          "microdescs MiB",
          "first CPU s",
          "warm CPU s",
          "heap MiB");

  private final Table paths =
      new Table(
          "Path: exit by port, guard, middle; CPU microseconds a choice, warm",
          "relays",
          "port 443",
          "port 6667",
          "port 25",
          "22, Stable");

  private NetworkBench() {}

  public static void main(String[] args) {
    int[] sizes = args.length == 0 ? SIZES : new int[args.length];
    for (int i = 0; i < args.length; i++) {
      sizes[i] = Integer.parseInt(args[i]);
    }
    NetworkBench bench = new NetworkBench();
    for (int size : sizes) {
      bench.measure(size, new SyntheticNetwork(size, size, VALID_AFTER));
    }
    bench.loads.print(System.out);
    bench.paths.print(System.out);
    System.out.println(
        """
        C tor 0.4.9.11 with 8000 relays, measured apart on a machine of this kind: load 0.11 CPU s
        and 14 MiB; one path choice 3600 to 4400 microseconds.""");
  }

  private void measure(int size, SyntheticNetwork network) {
    byte[] consensus = network.consensus(ConsensusFlavor.MICRODESC).bytes();
    byte[] micros = network.microdescriptorCache().bytes();
    Cost cost = Meter.measure(LOADS, () -> load(size, network, consensus, micros));
    loads.row(
        size,
        mib(consensus.length),
        mib(micros.length),
        "%.3f".formatted(cost.firstSeconds()),
        "%.3f".formatted(cost.warmSeconds()),
        "%.1f".formatted(cost.mib()));
    PathSelector selector = load(size, network, consensus, micros);
    List<ExitNeed> needs =
        List.of(
            new ExitNeed(443, false, false),
            new ExitNeed(6667, false, false),
            new ExitNeed(25, false, false),
            new ExitNeed(22, false, true));
    List<Object> cells = new ArrayList<>(List.of(size));
    needs.forEach(need -> cells.add("%.2f".formatted(microsPerChoice(selector, need))));
    paths.row(cells.toArray());
  }

  /** From the bytes of the cache files to something that chooses paths. */
  private static PathSelector load(
      int size, SyntheticNetwork network, byte[] consensus, byte[] micros) {
    Map<Bytes, Microdescriptor> held = new HashMap<>();
    Documents.parseAll(NetdocText.of(micros), "onion-key", Microdescriptor::parseCached)
        .forEach(m -> held.put(m.microdescriptor().digest(), m.microdescriptor()));
    NetworkView view =
        NetworkView.of(network.verify(NetdocText.of(consensus)), held::get, OptionalDouble.empty());
    if (view.relays().size() < 0.95 * size) {
      throw new IllegalStateException("relays are missing");
    }
    return new PathSelector(view, new PathRules(true, null));
  }

  private static double microsPerChoice(PathSelector selector, ExitNeed need) {
    SeededRandom random = new SeededRandom(1);
    List<Relay> guards = new ArrayList<>();
    while (guards.size() < 3) {
      guards.add(selector.chooseGuard(relay -> !guards.contains(relay), random).orElseThrow());
    }
    int chosen = choose(WARMING, selector, need, guards, random);
    long start = Meter.cpuNanos();
    chosen += choose(CHOICES, selector, need, guards, random);
    double micros = (Meter.cpuNanos() - start) / 1e3 / CHOICES;
    if (chosen < 0.9 * (WARMING + CHOICES)) {
      throw new IllegalStateException("few paths: " + chosen);
    }
    return micros;
  }

  private static int choose(
      int times, PathSelector selector, ExitNeed need, List<Relay> guards, SeededRandom random) {
    int chosen = 0;
    for (int i = 0; i < times; i++) {
      PathChoice choice =
          selector.choose(
              need, _ -> true, allowed -> guards.stream().filter(allowed).findFirst(), random);
      if (choice instanceof PathChoice.Chosen) {
        chosen++;
      }
    }
    return chosen;
  }

  private static String mib(long bytes) {
    return "%.1f".formatted(bytes / 1048576.0);
  }
}
