package org.tunic.router.stream.bridge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.EndReason;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.IncomingResolve;
import org.tunic.router.stream.IncomingStream;
import org.tunic.router.stream.StreamAcceptor;

/**
 * application – bridge – overlay stream – bridge – destination, on several loops: whatever the
 * sizes and pauses, each end reads what the other wrote.
 */
final class ByteBridgePropertyTest {
  private static final Duration STALL = Duration.ofSeconds(30);
  private static final int MAX_BYTES = 2_000_000;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(3, LocalIoHandler.newFactory());

  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  @AfterEach
  void stop() throws InterruptedException {
    open.close().sync();
    for (EventExecutor loop : group) {
      loop.submit(() -> {}).sync(); // what the closing of one channel asked of another
    }
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** A peer that reads with pauses, and knows when the other side ended. */
  private static final class Reader extends ChannelInboundHandlerAdapter {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final CountDownLatch ended = new CountDownLatch(1);
    private final Random random;

    Reader(long seed) {
      random = new Random(seed);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      byte[] copy = new byte[in.readableBytes()];
      in.readBytes(copy);
      in.release();
      bytes.writeBytes(copy);
      if (random.nextInt(40) == 0) {
        ctx.channel().config().setAutoRead(false);
        ctx.executor()
            .schedule(() -> ctx.channel().config().setAutoRead(true), 2, TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      ended.countDown();
    }
  }

  private record Pair(Channel near, Channel far) {}

  /** Two ends of a connection; {@code near} has reading off. */
  private Pair connect(String name, Reader reader) throws Exception {
    LocalAddress address = new LocalAddress(name);
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    Channel server =
        new ServerBootstrap()
            .group(group)
            .channel(LocalServerChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(reader);
                    accepted.complete(channel);
                  }
                })
            .bind(address)
            .sync()
            .channel();
    Channel near =
        new Bootstrap()
            .group(group)
            .channel(LocalChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(address)
            .sync()
            .channel();
    server.close().sync();
    Pair pair = new Pair(near, accepted.get(5, TimeUnit.SECONDS));
    open.add(near);
    open.add(pair.far());
    return pair;
  }

  private static final class AcceptFor implements StreamAcceptor {
    private final Consumer<DataStream> user;

    AcceptFor(Consumer<DataStream> user) {
      this.user = user;
    }

    @Override
    public void onBegin(IncomingStream stream) {
      user.accept(stream.accept(Connected.WITHOUT_ADDRESS));
    }

    @Override
    public void onBeginDir(IncomingStream stream) {
      stream.refuse(EndReason.NOTDIRECTORY);
    }

    @Override
    public void onResolve(IncomingResolve resolve) {}
  }

  private static StreamAcceptor bridgedTo(Pair destination) {
    return new AcceptFor(stream -> ByteBridge.join(stream, destination.near(), STALL));
  }

  private static byte[] writeInPieces(Channel to, long seed) {
    Random random = new Random(seed);
    byte[] all = new byte[random.nextInt(MAX_BYTES)];
    random.nextBytes(all);
    for (int at = 0; at < all.length; ) {
      int piece = Math.min(all.length - at, 1 + random.nextInt(1 << random.nextInt(18)));
      ByteBuf out = to.alloc().buffer(piece).writeBytes(all, at, piece);
      if (random.nextBoolean()) {
        to.writeAndFlush(out);
      } else {
        to.write(out);
      }
      at += piece;
    }
    to.flush();
    return all;
  }

  private static void awaitLength(Reader reader, int length, String what) throws Exception {
    for (int i = 0; i < 2000 && reader.bytes.size() < length; i++) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertEquals(length, reader.bytes.size(), what);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void anyChunking_arrivesWhole(long seed) throws Exception {
    String what = "seed " + seed;
    Reader atApplication = new Reader(seed);
    Reader atDestination = new Reader(seed + 100);
    Pair application = connect("application" + seed, atApplication);
    Pair destination = connect("destination" + seed, atDestination);
    EventLoop loop = group.next();
    LoopHops hops = new LoopHops(loop, bridgedTo(destination), true);
    DataStream stream = hops.begin("example.com", 80, 0);
    open.add(stream);
    ByteBridge.join(application.near(), stream, STALL);

    byte[] there = writeInPieces(application.far(), seed);
    byte[] back = writeInPieces(destination.far(), seed + 1);
    awaitLength(atDestination, there.length, what);
    awaitLength(atApplication, back.length, what);
    assertArrayEquals(there, atDestination.bytes.toByteArray(), what);
    assertArrayEquals(back, atApplication.bytes.toByteArray(), what);

    (seed % 2 == 0 ? application : destination).far().close();
    assertTrue(atApplication.ended.await(5, TimeUnit.SECONDS), what);
    assertTrue(atDestination.ended.await(5, TimeUnit.SECONDS), what);
    assertTrue(stream.closeFuture().await(5, TimeUnit.SECONDS), what);
    assertEquals(EndReason.DONE, stream.endReason(), what);
    hops.close();
  }

  /** Two circuits in a row, because a LocalChannel forgets what was not read when it is closed. */
  @ParameterizedTest
  @ValueSource(longs = {7, 8, 9, 10})
  void endAfterTheLastByte_losesNothing(long seed) throws Exception {
    String what = "seed " + seed;
    Reader reader = new Reader(seed);
    LoopHops second = new LoopHops(group.next(), new AcceptFor(s -> readFrom(s, reader)), true);
    DataStream onward = second.begin("example.com", 80, 0);
    LoopHops first =
        new LoopHops(group.next(), new AcceptFor(s -> ByteBridge.join(s, onward, STALL)), true);
    DataStream stream = first.begin("example.com", 80, 0);
    byte[] sent = writeInPieces(stream, seed);
    stream.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> stream.close());
    assertTrue(reader.ended.await(10, TimeUnit.SECONDS), what);
    assertArrayEquals(sent, reader.bytes.toByteArray(), what);
    first.close();
    second.close();
  }

  private static void readFrom(DataStream stream, Reader reader) {
    stream.pipeline().addLast(reader);
    stream.config().setAutoRead(true);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void destroyedCircuit_closesBothEnds(long seed) throws Exception {
    Reader atApplication = new Reader(seed);
    Reader atDestination = new Reader(seed + 100);
    Pair application = connect("application" + seed, atApplication);
    Pair destination = connect("destination" + seed, atDestination);
    LoopHops hops = new LoopHops(group.next(), bridgedTo(destination), true);
    ByteBridge.join(application.near(), hops.begin("example.com", 80, 0), STALL);
    writeInPieces(application.far(), seed);
    hops.close();
    assertTrue(atApplication.ended.await(5, TimeUnit.SECONDS));
    assertTrue(atDestination.ended.await(5, TimeUnit.SECONDS));
  }
}
