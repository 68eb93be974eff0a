package org.tunic.bench.tracker;

import java.net.InetAddress;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.tunic.tracker.Tracker;
import org.tunic.tracker.TrackerCounters;
import org.tunic.tracker.TrackerSettings;
import org.tunic.tracker.Visitor;
import org.tunic.tracker.Visitors;
import org.tunic.tracker.account.Accounts;
import org.tunic.tracker.account.Admission;
import org.tunic.tracker.request.AddressRules;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AddressRules.Unsigned;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.request.RequestException;
import org.tunic.tracker.swarm.SwarmStore;

/**
 * One announce from the text behind the question mark to the bytes of the answer: read, stored,
 * fifty peers picked, written. Torrents by the cube of a uniform number, 200 peers of each at most,
 * a quarter of them seeds, as {@code bench/tracker} has it over HTTP. Twice the same announce
 * within seconds hardly ever comes.
 *
 * <p>Threads: one state per thread of JMH.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class AnnounceBench {
  private static final int QUERIES = 1 << 16;
  private static final int PEERS_OF_TORRENT = 200;
  private static final Admission EVERYBODY = new Admission.Everybody();

  /** 1 keeps all in the cache of the processor. */
  @Param({"1", "10000"})
  int torrents;

  private final Random random = new Random(1);
  private final String[] queries = new String[QUERIES];
  private final Optional<InetAddress> source = Optional.of(InetAddress.getLoopbackAddress());
  private final TrackerSettings settings = TrackerSettings.DEFAULT.with(Policy.LAN, Unsigned.DROP);
  private final TrackerCounters counters = new TrackerCounters();
  private final Tracker tracker =
      new Tracker(
          settings,
          new SwarmStore(
              SwarmStore.Limits.DEFAULT,
              InstantSource.system(),
              new byte[SwarmStore.KEY_BYTES],
              () -> new Random(1)),
          new AddressRules(Policy.LAN, Unsigned.DROP, Optional.empty(), InstantSource.system()),
          new Accounts(InstantSource.system()),
          counters,
          System::nanoTime);
  private final Visitor visitor = new Visitors(settings, System::nanoTime, counters).local();
  private int next;

  /** Makes the queries, and fills the swarms with their peers. */
  @Setup
  public void fill() throws RequestException {
    for (int i = 0; i < QUERIES; i++) {
      int torrent = (int) (torrents * Math.pow(random.nextDouble(), 3));
      int peer = random.nextInt(PEERS_OF_TORRENT);
      byte[] name = new byte[20];
      new Random(torrent).nextBytes(name);
      queries[i] =
          "info_hash=%s&peer_id=-LT0001-%012d&port=%d&uploaded=0&downloaded=0&left=%d&corrupt=0&key=%08X&numwant=50&compact=1&no_peer_id=1"
              .formatted(
                  HexFormat.of().withUpperCase().formatHex(name).replaceAll("..", "%$0"),
                  peer,
                  1024 + peer,
                  peer % 4 == 0 ? 0 : 1_000_000,
                  peer * 0x9E3779B9);
      announce();
    }
  }

  /** An announce, from text to bytes. */
  @Benchmark
  public int announce() throws RequestException {
    String query = queries[next++ & QUERIES - 1];
    AnnounceRequest request = AnnounceRequest.parse(query == null ? "" : query);
    return tracker
        .announce(request, tracker.rules().decide(request, source), source, visitor, EVERYBODY)
        .length();
  }

  /** Its reading alone. */
  @Benchmark
  public AnnounceRequest read() throws RequestException {
    return AnnounceRequest.parse(queries[next++ & QUERIES - 1]);
  }
}
