package org.tunic.daemon.hostile;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.random.LoopRandom;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.router.cell.Begin;
import org.tunic.router.channel.CellCounters;
import org.tunic.router.channel.ChannelManager;
import org.tunic.router.channel.ChannelManagerSettings;
import org.tunic.router.channel.ChannelSettings;
import org.tunic.router.channel.LoopContexts;
import org.tunic.router.circuit.HopSpec;
import org.tunic.router.circuit.LoopScratches;
import org.tunic.router.circuit.OriginCircuit;
import org.tunic.router.circuit.OriginCircuits;
import org.tunic.router.circuit.padding.CircuitPadding;
import org.tunic.router.circuit.padding.CircuitPaddingParameters;
import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.congestion.FlowParameters;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.link.TlsContext;
import org.tunic.router.link.Transport;

/**
 * The program of clients that ask for much and hardly read. Arguments: the first and the last hop,
 * each as {@code identity,onionKey,port} with hexadecimal identity and onion key in base64; how
 * many circuits; the port of a web server on this machine; a path there. It builds the circuits
 * over {@link #LINKS} connections, and for each line on its standard input prints one line of
 * counts. At the line {@code go} it asks for the path, on {@link #STREAMS} streams of each circuit,
 * and from then on reads {@link #SIP_BYTES} of each connection every {@link #SIP_MILLIS} ms: what
 * the windows of the circuits allow comes to lie at the first hop. It ends with its input.
 *
 * <p>Threads: two event loops, a virtual thread a circuit, and the main thread; counts are atomic.
 */
public final class SlowReaders {
  /** Streams that together fill the window of a circuit: 500 cells each, and 1000. */
  private static final int STREAMS = 2;

  /** Connections to the first hop: some for each of its event loops. */
  private static final int LINKS = 4;

  private static final int SIP_BYTES = 2048;
  private static final int SIP_MILLIS = 100;

  /** The kernel shall not hold what the first hop has to bear. */
  private static final int RECEIVE_BUFFER_BYTES = 64 << 10;

  private static final int AT_ONCE = 16;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** A socket that can be found, to slow it down. */
  public static final class Slowed extends NioSocketChannel {
    private static final Set<Slowed> ALL = ConcurrentHashMap.newKeySet();

    /** Called by Netty. */
    @SuppressWarnings("this-escape") // it is complete
    public Slowed() {
      config().setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
      ALL.add(this);
    }

    void slowDown() {
      config().setAutoRead(false);
      config()
          .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(SIP_BYTES).maxMessagesPerRead(1));
      eventLoop().scheduleWithFixedDelay(this::read, SIP_MILLIS, SIP_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private final List<HopSpec> path;
  private final int wanted;
  private final Begin begin;
  private final byte[] request;

  private final SecureRandom random = new SecureRandom();
  private final Transport transport =
      new Transport(
          "slowed",
          Transport.NIO.ioHandlers(),
          Slowed.class,
          Transport.NIO.serverSocketType(),
          Transport.NIO.datagramType(),
          Transport.NIO.unixType(),
          Transport.NIO.unixAddress());
  private final EventLoopGroup loops =
      transport.newLoops(2, Thread.ofPlatform().name("slow-", 0).daemon(true).factory());
  private final Queue<OriginCircuit> built = new ConcurrentLinkedQueue<>();
  private final AtomicInteger settled = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  private SlowReaders(String... args) throws MalformedException {
    this.path = List.of(hop(args[0]), hop(args[1]));
    this.wanted = Integer.parseInt(args[2]);
    this.begin = new Begin("127.0.0.1", Integer.parseInt(args[3]), 0);
    this.request =
        ("GET " + args[4] + " HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
  }

  private static HopSpec hop(String spec) throws MalformedException {
    String[] parts = spec.split(",", -1);
    return new HopSpec(
        RelayIds.ofRsa(RsaIdentity.of(Hex.decode(parts[0]))),
        NtorPublicKey.fromBase64(parts[1]),
        List.of(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(parts[2]))),
        ProtocolVersions.of(""));
  }

  /** Runs until the input ends. */
  public static void main(String... args) throws IOException, MalformedException {
    new SlowReaders(args).run();
  }

  private void run() throws IOException {
    Thread.ofVirtual().start(this::build);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("go")) {
        Slowed.ALL.forEach(Slowed::slowDown);
        built.forEach(this::ask);
      }
      System.out.println(
          "settled=%d created=%d closed=%d".formatted(settled.get(), built.size(), closed.get()));
      System.out.flush();
    }
    System.exit(0);
  }

  private void build() {
    List<OriginCircuits> links = new ArrayList<>();
    for (int i = 0; i < LINKS; i++) {
      links.add(link());
    }
    Semaphore places = new Semaphore(AT_ONCE);
    for (int i = 0; i < wanted; i++) {
      places.acquireUninterruptibly();
      links
          .get(i % LINKS)
          .build(path, LIMIT)
          .whenComplete(
              (circuit, _) -> {
                if (circuit != null) {
                  built.add(circuit);
                  circuit.closed().thenRun(closed::incrementAndGet);
                }
                settled.incrementAndGet();
                places.release();
              });
    }
  }

  /** Who has channels of his own has a connection of his own to the first hop. */
  private OriginCircuits link() {
    ChannelManager channels =
        new ChannelManager(
            transport,
            loops,
            new LoopContexts(random, System::nanoTime),
            ChannelManagerSettings.of(
                new ChannelSettings(null, new CellCounters(), 5000, System::nanoTime),
                TlsContext.bestEngine(),
                Optional::empty,
                List::of),
            InstantSource.system(),
            random);
    return new OriginCircuits(
        channels::get,
        new LoopScratches(loops, () -> new LoopRandom(random), System::nanoTime),
        new FlowSettings(() -> FlowParameters.DEFAULT, new FlowCounters()),
        random,
        _ -> {},
        new CircuitPadding(() -> CircuitPaddingParameters.DEFAULT, () -> 0));
  }

  /** Optimistic data: the answer to BEGIN will not be read either. */
  private void ask(OriginCircuit circuit) {
    for (int i = 0; i < STREAMS; i++) {
      circuit
          .begin(begin)
          .thenAccept(stream -> stream.writeAndFlush(Unpooled.wrappedBuffer(request)));
    }
  }
}
