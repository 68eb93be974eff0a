package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.ntor.NtorClient;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.daemon.hostile.Attack;
import org.tunic.daemon.hostile.Attacker;
import org.tunic.daemon.hostile.IllegalCells;
import org.tunic.daemon.hostile.SlowReaders;
import org.tunic.daemon.hostile.Uploads;
import org.tunic.daemon.metrics.Scrape;

/**
 * A relay of ours with little memory, in the middle of an honest download, and a hostile peer in a
 * process of its own. Whatever the peer does, the relay stays below {@value #MAX_RESIDENT_MIB} MiB,
 * the honest 64 MiB keep half of their quiet rate, the relay logs no error, and when the peer is
 * gone all that it took is given back. Each test then has the same attack once more with the
 * defence switched off, and sees the harm.
 *
 * <p>Spec: dos-spec. Threads: that of the test.
 */
@Isolated // measures rates
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostilePeersIT {
  private static final int MAX_RESIDENT_MIB = 600;
  private static final String JAVA_OPTIONS = "-Xmx320m -XX:MaxDirectMemorySize=128m";
  private static final String VICTIM = "victim";
  private static final String AUTHORITY = "auth2";
  private static final String DRIVER = "driver";
  private static final String RELOADED = "Received reload signal (hup)";
  private static final String MEMORY = "MaxMemInQueues 128 MB\n";
  private static final String CIRCUITS_DEFENDED = "DoSCircuitCreationEnabled 1\n";
  private static final String CIRCUITS_UNDEFENDED = "DoSCircuitCreationEnabled 0\n";
  private static final String CONNECTIONS_DEFENDED =
      "DoSConnectionEnabled 1\nDoSConnectionMaxConcurrentCount 100\n";
  private static final String CONNECTIONS_UNDEFENDED = "DoSConnectionEnabled 0\n";

  private static final long FILE_BYTES = 64L << 20;
  private static final double RATE_KEPT = 0.5;
  private static final double MIB = 1 << 20;

  /** Honest files that are tried under an attack until one is fast enough. */
  private static final int DOWNLOADS = 3;

  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** How long honest downloads go on under each attack: at least one file. */
  private static final Duration ATTACKED =
      Duration.ofSeconds(Integer.parseInt(System.getenv().getOrDefault("HOSTILE_SECONDS", "0")));

  /** Honest connections that may have come between a look at the kernel's table and the metrics. */
  private static final int LINKS_COMING = 3;

  /**
   * Circuits that the network may have more than before the attack: each of the two relays of C tor
   * that are no authorities keeps up to ten for a time, one more every ten seconds, to learn how
   * long circuits take; the client keeps some ready. The smallest attack takes 89.
   */
  private static final int HONEST_CIRCUITS = 40;

  /** Honest circuits asked for at the height of a flood. */
  private static final int TRIES = 20;

  /** Uploads of each kind. */
  private static final int UPLOADS = 60;

  private static final int UPLOAD_BYTES = 1 << 20;

  /** Circuits of those that hardly read; the window of each lets 1000 cells come. */
  private static final int SLOW = 300;

  private static final int SLOW_BYTES = 1000 * 514;
  private static final int SLOW_MEMORY = 64 << 20;

  /** What the kernel may hold of them besides. */
  private static final int SLOW_SENT = 16 << 20;

  /** Bytes a second that come to a relay with nothing to do, at most. */
  private static final int CALM_BYTES = 1 << 20;

  private static final Duration AT_HEIGHT = Duration.ofSeconds(5);

  private static final String OPEN_CIRCUITS = "tor_relay_circuits_total{state=\"opened\"}";
  private static final String READ = "tor_relay_traffic_bytes{direction=\"read\"}";
  private static final String OPEN_LINKS =
      "tor_relay_connections{direction=\"received\",family=\"ipv4\",state=\"opened\",type=\"OR\"}";

  private TorNetwork network;
  private WebServer web;

  /** The relay, or the authority for the attacks on its directory. */
  private TorNode victim;

  private TorNode driver;
  private String torrc;

  /** The addresses of each attack are its own: the victim remembers who was marked. */
  private int block;

  @BeforeAll
  void start() throws IOException {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    web = new WebServer();
    network =
        TorNetwork.in(Interop.directory("hostile"))
            .authorities(2, Subject.CTOR)
            .node(AUTHORITY, Role.AUTHORITY, Subject.OURS)
            .node("exit0", Role.EXIT, Subject.CTOR)
            .node("mid0", Role.MIDDLE, Subject.CTOR)
            .node(VICTIM, Role.MIDDLE, Subject.OURS)
            .node(DRIVER, Role.CLIENT, Subject.CTOR)
            .javaOptions(JAVA_OPTIONS)
            .relayLine("RefuseUnknownExits 0") // the exit may have a consensus without the victim
            .start();
    driver = network.node(DRIVER);
    attack(VICTIM);
    configure(MEMORY);
    try (Honest honest = new Honest()) {
      honest.rate(); // so that the relay is warm
    }
  }

  private void attack(String name) throws IOException {
    victim = network.node(name);
    torrc = Files.readString(victim.torrc());
  }

  @AfterAll
  void end() throws IOException {
    if (network != null) {
      network.close();
    }
    if (web != null) {
      web.close();
    }
  }

  /**
   * Another configuration of the victim, by SIGHUP: C tor would not connect for a minute to a relay
   * that was once not there.
   */
  private void configure(String lines) throws IOException {
    Files.writeString(victim.torrc(), torrc + lines);
    long before = reloads();
    Subject.Tools.run(victim.torrc().getParent(), "", List.of("kill", "-HUP", "" + victim.pid()));
    Await.until(
        "the victim has read its torrc again", LIMIT, () -> reloads() > before, victim::logTail);
    Await.pause(1000); // it says so before it does so
  }

  private long reloads() {
    return victim.log("notice").lines().filter(line -> line.contains(RELOADED)).count();
  }

  private List<TorNode> honestPath() {
    return List.of(network.node("mid0"), victim, network.node("exit0"));
  }

  /** An onion skin for the victim, as good as any; who sent it will not finish the handshake. */
  private String onionSkin() throws IOException {
    try (NtorClient client =
        NtorClient.begin(
            RsaIdentity.of(Hex.decode(victim.fingerprint())),
            NtorPublicKey.fromBase64(onionKey(victim)),
            new SecureRandom())) {
      return Hex.encode(client.onionSkin().toArray());
    } catch (MalformedException e) {
      throw new IOException("no onion key of the victim", e);
    }
  }

  private String onionKey(TorNode relay) {
    AtomicReference<String> key = new AtomicReference<>("");
    Await.until(
        relay.name() + " gives its descriptor",
        LIMIT,
        () -> {
          network
              .get(relay, "/tor/server/authority")
              .lines()
              .filter(line -> line.startsWith("ntor-onion-key "))
              .map(line -> line.substring("ntor-onion-key ".length()))
              .findFirst()
              .ifPresent(key::set);
          return !key.get().isEmpty();
        },
        relay::logTail);
    return key.get();
  }

  private String hop(TorNode relay) {
    return relay.fingerprint() + "," + onionKey(relay) + "," + relay.ports().or();
  }

  /** The honest client: a circuit with the victim in the middle. */
  private final class Honest implements AutoCloseable {
    private final ControlPort control;
    private final ControlPort.Pin pin;

    Honest() throws IOException {
      control = new ControlPort(driver);
      Await.until(
          "the driving client knows the relays of the path",
          LIMIT,
          () -> honestPath().stream().allMatch(this::known),
          victim::logTail);
      pin = control.pin(List.of(honestPath()));
    }

    private boolean known(TorNode relay) {
      try {
        return control.knows(relay);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /** Bytes a second of a whole file. */
    double rate() throws IOException {
      return rate(() -> {});
    }

    /** The same; {@code whenComing} runs when its first bytes are there. */
    double rate(Runnable whenComing) throws IOException {
      long start = System.nanoTime();
      try (SocksDownload download = new SocksDownload(driver, "", web, FILE_BYTES)) {
        Await.until(
            "the first honest bytes", LIMIT, () -> download.received() > 0, victim::logTail);
        whenComing.run();
        Await.until(
            "the honest file",
            LIMIT,
            () -> download.received() == FILE_BYTES,
            () -> download.received() + " bytes; " + victim.logTail());
      }
      return FILE_BYTES / ((System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1));
    }

    /** The mean over at least {@code time}, in whole files. */
    double rate(Duration time, Runnable whenComing) throws IOException {
      long start = System.nanoTime();
      double seconds = FILE_BYTES / rate(whenComing);
      int files = 1;
      while (System.nanoTime() - start < time.toNanos()) {
        seconds += FILE_BYTES / rate();
        files++;
      }
      return files * FILE_BYTES / seconds;
    }

    @Override
    public void close() throws IOException {
      pin.close();
      control.close();
    }
  }

  /** What the resident memory of the victim came to, sampled by a thread of its own. */
  private final class Resident implements AutoCloseable {
    private final Thread sampler;
    private volatile long worstKib;

    Resident() {
      sampler =
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                      worstKib = Math.max(worstKib, victim.residentKib());
                      try {
                        Thread.sleep(200);
                      } catch (InterruptedException e) {
                        return;
                      }
                    }
                  });
    }

    long worstMib() {
      return worstKib >> 10;
    }

    @Override
    public void close() {
      sampler.interrupt();
    }
  }

  private double metric(String sample) {
    try {
      return Scrape.of(victim.ports().metrics()).value(sample);
    } catch (IOException e) {
      throw new AssertionError("no metrics\n" + victim.logTail(), e);
    }
  }

  /** An attack: how it begins, and what is counted of it when it has come as far as it comes. */
  private record Plan(String name, Beginning beginning, ToDoubleFunction<Seen> harm) {
    private interface Beginning {
      AttackerProcess begin() throws IOException;
    }
  }

  /**
   * An attack on the OR port.
   *
   * @param addresses from how many addresses its connections come
   * @param amount of what it has on each connection
   */
  private Plan plan(
      Attack attack, int connections, int addresses, int amount, ToDoubleFunction<Seen> harm) {
    return new Plan(
        attack.toString(),
        () -> {
          List<String> arguments = new ArrayList<>(List.of(attack.name()));
          for (int number :
              new int[] {victim.ports().or(), connections, ++block, addresses, amount}) {
            arguments.add(Integer.toString(number));
          }
          arguments.add(attack == Attack.ONION_SKINS ? onionSkin() : "");
          return new AttackerProcess(Attacker.class, attack.name(), connections, arguments);
        },
        harm);
  }

  /** Uploads to the victim's directory port, of which a third never ends. */
  private Plan uploads(int each, int bytes) {
    return new Plan(
        "UPLOADS",
        () ->
            new AttackerProcess(
                Uploads.class,
                "uploads",
                3 * each,
                List.of(
                    Integer.toString(victim.ports().dir()),
                    Integer.toString(each),
                    Integer.toString(bytes))),
        seen -> seen.attacker.count("held"));
  }

  /** Clients that ask for much through the victim, and hardly read. */
  private Plan slowReaders(int circuits) {
    return new Plan(
        "SLOW_READERS",
        () ->
            new AttackerProcess(
                SlowReaders.class,
                "slow",
                circuits,
                List.of(
                    hop(victim),
                    hop(network.node("exit0")),
                    Integer.toString(circuits),
                    Integer.toString(web.port()),
                    "/stream/1000000")),
        Seen::circuits);
  }

  /** What both sides saw at the height of the attack. */
  private final class Seen {
    final AttackerProcess attacker;
    private final double circuitsBefore;

    Seen(AttackerProcess attacker, double circuitsBefore) {
      this.attacker = attacker;
      this.circuitsBefore = circuitsBefore;
    }

    double links() {
      return metric(OPEN_LINKS);
    }

    double created() {
      return attacker.count("created");
    }

    /** Circuits of the victim that came with the attack, when no bytes come any more. */
    double circuits() {
      double[] read = {0};
      Await.until(
          "no more bytes for the victim",
          LIMIT,
          () -> {
            double before = read[0];
            read[0] = metric(READ);
            Await.pause(1000);
            return read[0] - before < CALM_BYTES;
          },
          victim::logTail);
      return metric(OPEN_CIRCUITS) - circuitsBefore;
    }

    /** As {@link #created}; {@link #TRIES} circuits of the honest client are built, all but one. */
    double createdWhileHonestAre() {
      int refused = 0;
      try (ControlPort control = new ControlPort(driver)) {
        for (int i = 0; i < TRIES; i++) {
          refused += control.builds(honestPath()) ? 0 : 1;
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      assertTrue(refused <= 1, refused + " honest circuits refused");
      return created();
    }

    double surviving() {
      return attacker.count("connected") - attacker.count("closed");
    }
  }

  /**
   * Runs the attack while the honest client downloads, and returns the harm.
   *
   * <p>The machine may have other work at any moment, which an attack that does harm stands out
   * against: the client has several tries, and what it has to keep is half of the lower of its
   * rates before and after.
   */
  private double defended(Plan plan) throws IOException {
    double harm;
    try (Honest honest = new Honest()) {
      double circuitsBefore = metric(OPEN_CIRCUITS);
      double before = honest.rate();
      double rate;
      long mib;
      Map<String, Long> counts;
      try (Resident resident = new Resident();
          AttackerProcess attacker = plan.beginning.begin()) {
        Seen seen = new Seen(attacker, circuitsBefore);
        attacker.awaitSettled(LIMIT);
        rate = honest.rate(ATTACKED, attacker::go);
        for (int tries = 1; tries < DOWNLOADS && rate < RATE_KEPT * before; tries++) {
          rate = Math.max(rate, honest.rate());
        }
        harm = plan.harm.applyAsDouble(seen);
        mib = resident.worstMib();
        counts = attacker.counts();
      }
      awaitGivenBack(circuitsBefore);
      double after = rate < RATE_KEPT * before ? honest.rate() : before;
      String figures =
          "%s: honest %.1f MiB/s of %.1f, resident at most %d MiB, harm %.0f, %s"
              .formatted(plan.name, rate / MIB, Math.min(before, after) / MIB, mib, harm, counts);
      System.out.println("hostile peers: " + figures);
      assertTrue(mib < MAX_RESIDENT_MIB, figures);
      assertTrue(rate >= RATE_KEPT * Math.min(before, after), figures);
    }
    assertCalm();
    return harm;
  }

  /**
   * The attacker is gone. Of the connections nothing may be left: neither in the kernel, where his
   * addresses tell them from those of the network, nor in what the victim counts. Circuits are told
   * from the network's by their number alone.
   */
  private void awaitGivenBack(double circuitsBefore) {
    Await.until(
        "all that the attacker took is given back",
        LIMIT,
        () -> {
          List<Integer> peers = KernelTcp.peersAt(victim.ports().or());
          return peers.stream().noneMatch(this::isAttacker)
              && metric(OPEN_LINKS) <= peers.size() + LINKS_COMING
              && metric(OPEN_CIRCUITS) <= circuitsBefore + HONEST_CIRCUITS;
        },
        () -> {
          List<Integer> peers = KernelTcp.peersAt(victim.ports().or());
          return "%.0f links; connections %d of the attacker, %d of others; %.0f circuits, %.0f before"
              .formatted(
                  metric(OPEN_LINKS),
                  peers.stream().filter(this::isAttacker).count(),
                  peers.stream().filter(peer -> !isAttacker(peer)).count(),
                  metric(OPEN_CIRCUITS),
                  circuitsBefore);
        });
  }

  private boolean isAttacker(int address) {
    return address >>> 16 == (127 << 8 | block);
  }

  /** Runs the attack with nobody else about, and returns the harm. */
  private double undefended(Plan plan) throws IOException {
    double circuitsBefore = metric(OPEN_CIRCUITS);
    try (AttackerProcess attacker = plan.beginning.begin()) {
      Seen seen = new Seen(attacker, circuitsBefore);
      attacker.awaitSettled(LIMIT);
      attacker.go();
      Await.pause(AT_HEIGHT.toMillis());
      double harm = plan.harm.applyAsDouble(seen);
      System.out.println(
          "hostile peers: %s undefended, harm %.0f, %s"
              .formatted(plan.name, harm, attacker.counts()));
      return harm;
    }
  }

  private void assertCalm() {
    assertTrue(victim.running(), victim.logTail());
    List<String> loud =
        victim.log("notice").lines().filter(line -> line.contains("[err]")).toList();
    assertEquals(List.of(), loud);
    assertEquals(0, metric("tor_bug_reached_count"));
  }

  // ---- the attacks

  @ParameterizedTest
  @EnumSource(
      value = Attack.class,
      names = {"TLS", "VERSIONS"})
  void halfOpenConnections_areBoundedForEachAddress(Attack attack) throws IOException {
    Plan plan = plan(attack, 400, 2, 0, Seen::surviving);
    configure(MEMORY + CONNECTIONS_DEFENDED);
    double defended = defended(plan);
    configure(MEMORY + CONNECTIONS_UNDEFENDED);
    double undefended = undefended(plan);
    assertTrue(defended <= 2 * 101, defended + " connections");
    assertTrue(undefended > 300, undefended + " connections while undefended");
  }

  /**
   * None of them takes anything. No option lets a relay take them; the control is that the same
   * number of connections takes circuits, by as many cells that are legal.
   */
  @Test
  void illegalCells_takeNothing() throws IOException {
    configure(MEMORY + CIRCUITS_UNDEFENDED);
    double illegal = defended(plan(Attack.ILLEGAL, IllegalCells.COUNT, 1, 0, Seen::created));
    double legal = undefended(plan(Attack.CIRCUITS, IllegalCells.COUNT, 1, 100, Seen::created));
    assertEquals(0, illegal, "circuits by illegal cells");
    assertEquals(100 * IllegalCells.COUNT, legal, "circuits by legal cells");
  }

  /** They are legal, and all are kept, unless the operator has a limit for each address. */
  @Test
  void tenThousandIdleConnections_areKeptUnlessTooManyComeFromOneAddress() throws IOException {
    Plan plan = plan(Attack.IDLE, 10_000, 50, 0, Seen::links);
    configure(MEMORY + CONNECTIONS_UNDEFENDED);
    assertTrue(defended(plan) >= 10_000);
    configure(MEMORY + CONNECTIONS_DEFENDED);
    double links = undefended(plan);
    assertTrue(links < 50 * 101 + 20, links + " connections");
  }

  @Test
  void circuitsWithoutEnd_fromOneAddress_areRefused() throws IOException {
    Plan plan = plan(Attack.CIRCUITS, 8, 1, 4000, Seen::created);
    configure(MEMORY + CIRCUITS_DEFENDED);
    double defended = defended(plan);
    configure(MEMORY + CIRCUITS_UNDEFENDED);
    double undefended = undefended(plan);
    assertTrue(undefended > 10 * defended, defended + " circuits, undefended " + undefended);
  }

  /** A flood of handshakes is answered unless its address is marked; the honest always are. */
  @Test
  void onionSkinsWithoutEnd_fromOneAddress_areRefused() throws IOException {
    configure(MEMORY + CIRCUITS_DEFENDED);
    double defended = defended(plan(Attack.ONION_SKINS, 8, 1, 1500, Seen::createdWhileHonestAre));
    configure(MEMORY + CIRCUITS_UNDEFENDED);
    double undefended = undefended(plan(Attack.ONION_SKINS, 8, 1, 1500, Seen::created));
    assertTrue(undefended > 10 * defended, defended + " circuits, undefended " + undefended);
  }

  /** Circuits that never send anything hold no cells, and yet no more than half of the memory. */
  @Test
  void circuitsWithoutEnd_holdNoMoreThanHalfOfTheMemory() throws IOException {
    Plan plan = plan(Attack.CIRCUITS, 8, 1, 2500, Seen::created);
    configure(MEMORY + CIRCUITS_UNDEFENDED);
    double defended = defended(plan);
    configure("MaxMemInQueues 220 MB\n" + CIRCUITS_UNDEFENDED);
    double undefended = undefended(plan);
    assertTrue(defended <= (128 << 20) / 2 / 8192, defended + " circuits");
    assertTrue(undefended > 1.5 * defended, defended + " circuits, with more memory " + undefended);
  }

  /**
   * Cells that hardly anybody reads go when memory is short, and those of the honest file, which
   * comes meanwhile, do not: one cell of it lost would end it.
   */
  @Test
  void cellsForSlowReaders_holdNoMoreThanTheMemory() throws IOException {
    configure("MaxMemInQueues " + SLOW_MEMORY + " bytes\n");
    double defended = defended(slowReaders(SLOW));
    configure("MaxMemInQueues 235 MB\n");
    double undefended = undefended(slowReaders(SLOW));
    int most = (SLOW_MEMORY + SLOW_SENT) / SLOW_BYTES + HONEST_CIRCUITS;
    assertTrue(defended <= most, defended + " circuits");
    assertTrue(undefended >= SLOW - HONEST_CIRCUITS, undefended + " circuits with more memory");
  }

  /** Of an authority, which takes uploads of 16 MiB; what is said to be compressed stays so. */
  @Test
  void uploadsWithoutEnd_toAnAuthority_holdNoMoreThanAQuarterOfTheMemory() throws IOException {
    attack(AUTHORITY);
    try {
      configure(MEMORY);
      double defended = defended(uploads(UPLOADS, UPLOAD_BYTES));
      configure("MaxMemInQueues 235 MB\n");
      double undefended = undefended(uploads(UPLOADS, UPLOAD_BYTES));
      int most = (128 << 20) / 4 / 3 / UPLOAD_BYTES; // each is three times in memory for a while
      assertTrue(defended <= most, defended + " uploads");
      assertTrue(undefended > most, undefended + " uploads with more memory");
    } finally {
      Files.writeString(victim.torrc(), torrc);
      attack(VICTIM);
    }
  }
}
