package org.tunic.daemon.hostile;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.Create2;
import org.tunic.router.cell.CreateFast;
import org.tunic.router.cell.HandshakeType;
import org.tunic.router.link.CellFramer;
import org.tunic.router.link.Transport;

/**
 * The program of a hostile peer. Arguments: the {@link Attack}, the victim's port, how many
 * connections, from which of the blocks 127.x.0.0/16, from how many addresses of it in turn, and
 * the {@code amount} that some attacks have on each connection, and an onion skin in hexadecimal
 * for those that send it. It connects, and for each line on its standard input prints one line of
 * counts; it ends with its input.
 *
 * <p>Threads: one event loop; counts are atomic.
 */
public final class Attacker {
  /** Connections under way at once, so that none fails for the victim's backlog. */
  private static final int AT_ONCE = 100;

  private static final int CELLS_PER_TURN = 64;

  /** How often a second the onion skins of a connection are sent in portions. */
  private static final int PORTIONS = 20;

  /** Our half of CREATE_FAST; nobody will use the keys. */
  private static final Bytes X = Bytes.copyOf(new byte[CreateFast.LENGTH]);

  final AtomicLong connected = new AtomicLong();
  final AtomicLong opened = new AtomicLong();
  final AtomicLong closed = new AtomicLong();
  final AtomicLong created = new AtomicLong();
  final AtomicLong destroyed = new AtomicLong();

  private final AtomicLong tried = new AtomicLong();
  private final AtomicLong settled = new AtomicLong();
  private final EventLoopGroup loops;
  private final Transport transport = Transport.best();
  private final SslContext tls;
  private final Attack attack;
  private final int port;
  private final int connections;
  private final int block;
  private final int addresses;
  private final int amount;
  private final ChannelMessage create;

  private Attacker(String... args) throws IOException {
    this.attack = Attack.valueOf(args[0]);
    this.port = Integer.parseInt(args[1]);
    this.connections = Integer.parseInt(args[2]);
    this.block = Integer.parseInt(args[3]);
    this.addresses = Integer.parseInt(args[4]);
    this.amount = Integer.parseInt(args[5]);
    this.create =
        attack == Attack.ONION_SKINS
            ? new Create2(HandshakeType.NTOR, onionSkin(args[6]))
            : new CreateFast(X);
    this.loops = transport.newLoops(1, Thread.ofPlatform().daemon().factory());
    this.tls =
        SslContextBuilder.forClient()
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm("")
            .build();
  }

  private static Bytes onionSkin(String hex) throws IOException {
    try {
      return Bytes.copyOf(Hex.decode(hex));
    } catch (MalformedException e) {
      throw new IOException("no onion skin", e);
    }
  }

  /** Runs an attack until the input ends. */
  public static void main(String... args) throws IOException {
    new Attacker(args).run();
  }

  private void run() throws IOException {
    for (int i = 0; i < Math.min(AT_ONCE, connections); i++) {
      loops.execute(this::connect);
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    while (in.readLine() != null) {
      System.out.println(
          "tried=%d settled=%d connected=%d opened=%d closed=%d created=%d destroyed=%d"
              .formatted(
                  tried.get(),
                  settled.get(),
                  connected.get(),
                  opened.get(),
                  closed.get(),
                  created.get(),
                  destroyed.get()));
      System.out.flush();
    }
    System.exit(0);
  }

  /** The next connection; when it has come as far as it shall, or failed, the one after it. */
  private void connect() {
    long serial = tried.getAndIncrement();
    if (serial >= connections) {
      tried.decrementAndGet();
      return;
    }
    InetSocketAddress from =
        new InetSocketAddress(
            "127.%d.%d.%d".formatted(block, serial % addresses / 200, 1 + serial % addresses % 200),
            0);
    new Bootstrap()
        .group(loops)
        .channel(transport.socketType())
        .option(ChannelOption.SO_RCVBUF, 16 * 1024)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel socket) {
                CellFramer framer = new CellFramer();
                HostileLink link = new HostileLink(Attacker.this, socket, framer, attack);
                socket.pipeline().addLast(tls.newHandler(socket.alloc()), new Begin(link), framer);
              }
            })
        .connect(new InetSocketAddress("127.0.0.1", port), from)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                connected.incrementAndGet();
              } else {
                settle();
              }
            });
  }

  private void settle() {
    settled.incrementAndGet();
    connect();
  }

  /** Starts the link when TLS is done. */
  private final class Begin extends ChannelInboundHandlerAdapter {
    private final HostileLink link;
    private boolean done;

    Begin(HostileLink link) {
      this.link = link;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent tlsDone) {
        if (tlsDone.isSuccess()) {
          link.onTls();
          link.flush();
        }
        once();
      }
      ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      once();
      ctx.fireChannelInactive();
    }

    private void once() {
      if (!done) {
        done = true;
        settle();
      }
    }
  }

  /** A channel is open. */
  void onOpen(HostileLink link, Attack by) {
    switch (by) {
      case CIRCUITS -> createSome(link, amount);
      case ONION_SKINS -> createSteadily(link);
      case ILLEGAL -> IllegalCells.send(link, (int) opened.get() - 1);
      default -> {}
    }
  }

  /** In portions, so that no megabytes wait in this process. */
  private void createSome(HostileLink link, int left) {
    for (int i = 0; i < Math.min(CELLS_PER_TURN, left); i++) {
      link.create(create);
    }
    link.flush();
    if (left > CELLS_PER_TURN) {
      loops.next().execute(() -> createSome(link, left - CELLS_PER_TURN));
    }
  }

  private void createSteadily(HostileLink link) {
    if (link.isOpen()) {
      for (int i = 0; i < amount / PORTIONS; i++) {
        link.create(create);
      }
      link.flush();
      loops.next().schedule(() -> createSteadily(link), 1000 / PORTIONS, TimeUnit.MILLISECONDS);
    }
  }
}
