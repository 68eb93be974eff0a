package org.tunic.daemon.wiring;

import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.Console;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLine;
import org.tunic.daemon.config.Origin;
import org.tunic.daemon.gateway.GatewayOptions;
import org.tunic.daemon.gateway.GatewaySockets;
import org.tunic.daemon.keystore.GatewayDirectory;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.metrics.ServiceMetric;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.gateway.Gateway;
import org.tunic.gateway.GatewayCounters;
import org.tunic.gateway.GatewaySecret;
import org.tunic.gateway.http.TrackerPort;
import org.tunic.router.link.ListeningPort;

/**
 * A gateway in the process of a client: makes a BitTorrent client of this machine an anonymous
 * peer.
 *
 * <p>The URL with its token goes to a terminal only; it stands in a file that only the user may
 * read.
 *
 * <p>Threads: main thread; what is due every ten seconds on the workers.
 */
final class GatewayService implements NodeService {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayService.class);

  private static final String DIRECTORY = "gateway";
  private static final long TICK_SECONDS = 10;

  private final GatewayOptions options;
  private final PrintStream out;

  /**
   * @param out standard output, for the URL if it is a terminal
   */
  GatewayService(GatewayOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  @Override
  public Running start(LiveNode node, Engine engine, Path dataDirectory)
      throws ConfigException, KeystoreException {
    GatewayDirectory directory = new GatewayDirectory(dataDirectory.resolve(DIRECTORY));
    GatewaySecret secret =
        new GatewaySecret(directory.open(GatewaySecret.LENGTH, engine.random(), LOG::warn));
    String token = secret.token();
    GatewaySockets sockets = new GatewaySockets(engine.loops(), engine.transport());
    Gateway gateway =
        new Gateway(
            secret,
            node.onionServices(),
            node::dialOnion,
            sockets,
            engine.clock(),
            engine.random());
    try {
      // The port is known once it listens; until then nobody is served.
      CompletableFuture<TrackerPort> served = new CompletableFuture<>();
      ListeningPort listener =
          listen(sockets, connection -> served.thenAccept(port -> port.serve(connection)));
      InetSocketAddress address = listener.address();
      String host = IpLiteral.format(address.getAddress());
      TrackerPort port = new TrackerPort(gateway, token, host, address.getPort());
      served.complete(port);
      say(directory, host + ":" + address.getPort(), token);
      node.show(metrics(gateway, port));
      return new RunningGateway(gateway, listener, tick(engine, gateway));
    } catch (ConfigException | KeystoreException e) {
      gateway.close();
      throw e;
    }
  }

  private ListeningPort listen(GatewaySockets sockets, Consumer<Channel> accepted)
      throws ConfigException {
    InetSocketAddress address = options.listen();
    ConfigLine line =
        new ConfigLine(
            Origin.COMMAND_LINE,
            ConfigLine.Command.SET,
            "--listen",
            IpLiteral.format(address.getAddress()) + ":" + address.getPort());
    ListeningPort listener = ListenerSet.await(sockets.open(address, accepted), line);
    LOG.info("Opened Gateway listener on {}", ClientRole.text(listener.address()));
    return listener;
  }

  /** The JDK's default console is null when output goes elsewhere. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private void say(GatewayDirectory directory, String address, String token)
      throws KeystoreException {
    String url = "http://" + address + "/announce/" + token + "/NAME.onion/PORT";
    directory.writeUrl(url);
    if (onTerminal()) {
      out.println("tracker URL  " + url);
      out.println("HTTP proxy   http://tunic:" + token + "@" + address);
    } else {
      LOG.info("Gateway: the tracker URL for clients stands in {}", directory.urlFile());
    }
  }

  private static List<ServiceMetric> metrics(Gateway gateway, TrackerPort port) {
    List<ServiceMetric> metrics = new ArrayList<>();
    for (GatewayCounters.Kind kind : GatewayCounters.Kind.values()) {
      metrics.add(
          new ServiceMetric(
              "tunic_gateway_events_total",
              "What the gateway did",
              () -> gateway.counters().of(kind),
              List.of("kind", kind.name().toLowerCase(Locale.ROOT))));
    }
    metrics.add(
        new ServiceMetric(
            "tunic_gateway_torrents", "Torrents announced", gateway::torrents, List.of()));
    metrics.add(
        new ServiceMetric(
            "tunic_gateway_stand_ins",
            "Peers that can be dialled",
            () -> gateway.standIns().dialled(),
            List.of()));
    metrics.add(
        new ServiceMetric(
            "tunic_gateway_incoming",
            "Connections of peers that dialled the client",
            () -> gateway.standIns().dialling(),
            List.of()));
    metrics.add(
        new ServiceMetric(
            "tunic_gateway_connections",
            "Connections to the tracker port",
            port::channels,
            List.of()));
    return metrics;
  }

  private static ScheduledFuture<?> tick(Engine engine, Gateway gateway) {
    return engine
        .loops()
        .next()
        .scheduleWithFixedDelay(
            () -> {
              try {
                engine.workers().execute(gateway::expire);
              } catch (RejectedExecutionException e) {
                LOG.debug("no room for the upkeep of the gateway, which comes again soon");
              }
            },
            TICK_SECONDS,
            TICK_SECONDS,
            TimeUnit.SECONDS);
  }

  /** A gateway that runs. Threads: main thread. */
  private record RunningGateway(Gateway gateway, ListeningPort listener, ScheduledFuture<?> timer)
      implements Running {
    @Override
    public void reload() {}

    @Override
    public void close() {
      timer.cancel(false);
      listener.close();
      gateway.close();
    }
  }
}
