package org.tunic.tracker.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.DnsResolvers;
import io.lettuce.core.resource.SocketAddressResolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.tracker.swarm.SwarmStore;

/**
 * The connection to Redis: made once, and again by itself whenever it breaks.
 *
 * <p>A server on another host is spoken to only if that was allowed, whoever names it: a Sentinel
 * and a cluster say where else to go.
 *
 * <p>Threads: any.
 */
public final class RedisLink implements AutoCloseable {
  /** How long a command may take. */
  static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);
  private static final int QUEUED_COMMANDS = 8192;
  private static final int THREADS = 2;
  private static final byte[] KEY = "tunic:key".getBytes(StandardCharsets.US_ASCII);

  /**
   * How to get in.
   *
   * @param allowRemote whether a server may be on another host
   * @param password empty for none
   * @param certificates file of those that a server's must be signed by; empty for those that the
   *     JVM trusts
   */
  public record Access(
      boolean allowRemote, Optional<String> password, Optional<Path> certificates) {
    /** To a server on this host that asks for nothing. */
    public static final Access LOCAL = new Access(false, Optional.empty(), Optional.empty());

    /** Nothing that lets somebody else in. */
    @Override
    public String toString() {
      return "Access[allowRemote=" + allowRemote + "]";
    }
  }

  private final ClientResources resources;
  private final AbstractRedisClient client;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicBoolean lost = new AtomicBoolean();
  private volatile boolean closing;
  private volatile @Nullable Runnable whenBack;
  private volatile @Nullable RedisClusterAsyncCommands<byte[], byte[]> commands;

  private RedisLink(ClientResources resources, AbstractRedisClient client) {
    this.resources = resources;
    this.client = client;
  }

  /**
   * Connects.
   *
   * @throws IOException if that fails; the message is for the operator
   */
  public static RedisLink open(RedisAddress address, Access access) throws IOException {
    if (!access.allowRemote() && address.isRemote()) {
      throw new IOException("a Redis on another host was not allowed");
    }
    if (address.isRemote() && (!address.isTls() || access.password().isEmpty())) {
      throw new IOException("a Redis on another host needs TLS and a password");
    }
    ClientResources resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .reconnectDelay(Delay.constant(Duration.ofMillis(250)))
            .socketAddressResolver(new Numeric(access.allowRemote()))
            .build();
    AbstractRedisClient client = client(resources, address, access);
    RedisLink link = new RedisLink(resources, client);
    client.addListener(link.new Watch());
    try {
      link.commands =
          switch (client) {
            case RedisClusterClient cluster -> cluster.connect(ByteArrayCodec.INSTANCE).async();
            case RedisClient single -> single.connect(ByteArrayCodec.INSTANCE).async();
            default -> throw new IOException("no client for this address");
          };
    } catch (RedisException | IOException e) {
      link.close();
      throw new IOException("Redis cannot be reached: " + reason(e), e);
    }
    return link;
  }

  private static String reason(Exception e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage());
  }

  private static AbstractRedisClient client(
      ClientResources resources, RedisAddress address, Access access) {
    return switch (address) {
      case RedisAddress.Single single ->
          single(resources, uri(single.server(), single.tls(), access), access);
      case RedisAddress.Socket socket -> {
        RedisURI.Builder uri = RedisURI.Builder.socket(socket.path()).withTimeout(COMMAND_TIMEOUT);
        access.password().ifPresent(password -> uri.withPassword(password.toCharArray()));
        yield single(resources, uri.build(), access);
      }
      case RedisAddress.Sentinel sentinel -> {
        RedisURI.Builder uri =
            RedisURI.builder()
                .withSentinelMasterId(sentinel.master())
                .withSsl(sentinel.tls())
                .withTimeout(COMMAND_TIMEOUT);
        for (InetSocketAddress one : sentinel.sentinels()) {
          uri.withSentinel(uri(one, sentinel.tls(), access));
        }
        access.password().ifPresent(password -> uri.withPassword(password.toCharArray()));
        yield single(resources, uri.build(), access);
      }
      case RedisAddress.Cluster cluster -> {
        List<RedisURI> uris =
            cluster.nodes().stream().map(node -> uri(node, cluster.tls(), access)).toList();
        RedisClusterClient made = RedisClusterClient.create(resources, uris);
        made.setOptions(
            // Its connections are made when they are needed, so that there is none to refuse at
            // first; what waits for one is dropped when its time is over.
            ClusterClientOptions.builder(
                    options(access)
                        .mutate()
                        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.DEFAULT)
                        .build())
                .topologyRefreshOptions(
                    ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(Duration.ofSeconds(30))
                        .build())
                .build());
        yield made;
      }
    };
  }

  private static RedisClient single(ClientResources resources, RedisURI uri, Access access) {
    RedisClient client = RedisClient.create(resources, uri);
    client.setOptions(options(access));
    return client;
  }

  private static RedisURI uri(InetSocketAddress server, boolean tls, Access access) {
    RedisURI.Builder uri =
        RedisURI.builder()
            .withHost(IpLiteral.format(server.getAddress().getAddress()))
            .withPort(server.getPort())
            .withSsl(tls)
            .withTimeout(COMMAND_TIMEOUT);
    access.password().ifPresent(password -> uri.withPassword(password.toCharArray()));
    return uri.build();
  }

  /** What cannot be sent now fails now: the store knows what it has to say again. */
  private static ClientOptions options(Access access) {
    ClientOptions.Builder options =
        ClientOptions.builder()
            .autoReconnect(true)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(QUEUED_COMMANDS)
            .maintNotificationsConfig(MaintNotificationsConfig.disabled())
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).build())
            .timeoutOptions(TimeoutOptions.enabled(COMMAND_TIMEOUT));
    access
        .certificates()
        .ifPresent(
            file ->
                options.sslOptions(
                    SslOptions.builder().jdkSslProvider().trustManager(file.toFile()).build()));
    return options.build();
  }

  /** No names, and no strangers. Threads: any. */
  private static final class Numeric extends SocketAddressResolver {
    private final boolean allowRemote;

    Numeric(boolean allowRemote) {
      super(DnsResolvers.UNRESOLVED);
      this.allowRemote = allowRemote;
    }

    @Override
    public SocketAddress resolve(RedisURI uri) {
      if (uri.getSocket() != null) {
        return super.resolve(uri);
      }
      InetAddress address =
          IpLiteral.parseAddress(uri.getHost())
              .filter(found -> allowRemote || found.isLoopbackAddress())
              .orElseThrow(
                  () ->
                      new RedisException(
                          "a server is named by no address, or on another host, which was not"
                              + " allowed"));
      return new InetSocketAddress(address, uri.getPort());
    }
  }

  /** Counts connections. Threads: those of Lettuce. */
  private final class Watch implements RedisConnectionStateListener {
    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
      if (connections.getAndIncrement() == 0 && lost.compareAndSet(true, false)) {
        LOG.info("The shared store is back.");
      }
      Runnable back = whenBack;
      if (back != null) {
        back.run();
      }
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
      if (connections.decrementAndGet() == 0 && !closing && lost.compareAndSet(false, true)) {
        LOG.warn("The shared store cannot be reached; the tracker goes on with what it knows.");
      }
    }
  }

  /** Has this run whenever a connection is there again, which may have to be told all anew. */
  void whenBack(Runnable task) {
    whenBack = task;
  }

  /** Whether there is a connection. */
  public boolean isUp() {
    return connections.get() > 0;
  }

  RedisClusterAsyncCommands<byte[], byte[]> commands() {
    RedisClusterAsyncCommands<byte[], byte[]> open = commands;
    if (open == null) {
      throw new IllegalStateException("not connected");
    }
    return open;
  }

  /**
   * The key that all trackers with this Redis hash peers' keys with; the first of them makes it.
   *
   * @return {@link SwarmStore#KEY_BYTES} bytes
   * @throws IOException if Redis does not say
   */
  public byte[] sharedKey(SecureRandom random) throws IOException {
    byte[] fresh = new byte[SwarmStore.KEY_BYTES];
    random.nextBytes(fresh);
    try {
      // One after the other: whoever comes second must see the first one's.
      await(commands().set(KEY, fresh, SetArgs.Builder.nx()).toCompletableFuture());
      byte[] key = await(commands().get(KEY).toCompletableFuture());
      if (key == null || key.length != SwarmStore.KEY_BYTES) {
        throw new IOException("Redis holds something else under the name tunic:key");
      }
      return key;
    } catch (ExecutionException | TimeoutException | RedisException e) {
      throw new IOException("Redis does not answer: " + reason(e), e);
    }
  }

  private static <T> @Nullable T await(java.util.concurrent.CompletableFuture<T> answer)
      throws ExecutionException, TimeoutException, IOException {
    try {
      return answer.get(COMMAND_TIMEOUT.toMillis() * 2, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Closes the connection for good. Not from a thread of Lettuce. */
  @Override
  public void close() {
    closing = true;
    client.shutdown(Duration.ZERO, SHUTDOWN_TIMEOUT);
    resources
        .shutdown(0, SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly();
  }
}
