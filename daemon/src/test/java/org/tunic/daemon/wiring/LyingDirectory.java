package org.tunic.daemon.wiring;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigLoader;
import org.tunic.daemon.keystore.DataDirectory;
import org.tunic.daemon.keystore.RelayKeystore;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.router.channel.CellCounters;
import org.tunic.router.channel.ChannelManager;
import org.tunic.router.channel.ChannelManagerSettings;
import org.tunic.router.channel.ChannelSettings;
import org.tunic.router.channel.ConnectException;
import org.tunic.router.channel.PaddingParameters;
import org.tunic.router.channel.PaddingRules;
import org.tunic.router.circuit.padding.CircuitPadding;
import org.tunic.router.circuit.padding.CircuitPaddingParameters;
import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.congestion.FlowParameters;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.link.OutboundAddresses;

/**
 * The OR port and the keys of a relay that was stopped, with a directory that says what a test
 * wants. It extends no circuits and knows no network.
 *
 * <p>Threads: made and closed by one.
 */
public final class LyingDirectory implements AutoCloseable {
  /** What it says. Threads: several. */
  public interface Lies {
    /** The answer to a request. */
    DirAnswer answer(DirRequest request);
  }

  private final Engine engine;
  private final DataDirectory data;
  private final NodeBounds bounds;
  private final RelayRole relay;
  private final ChannelManager channels;

  /**
   * Takes the place of a relay.
   *
   * @param torrc the relay's, with an OR port on one address
   */
  public LyingDirectory(Path torrc, Lies lies) throws Exception {
    Config config =
        ConfigLoader.parse(
                Files.readString(torrc),
                "torrc",
                new ConfigLoader.Environment(
                    torrc.toAbsolutePath().getParent(),
                    Optional.empty(),
                    "nobody",
                    InputStream.nullInputStream()))
            .config();
    Config.Relay wanted = config.relay().orElseThrow();
    SecureRandom random = new SecureRandom();
    engine = Engine.start(1, InstantSource.system(), System::nanoTime, random);
    data = DataDirectory.open(config.directories(), warning -> {});
    bounds = new NodeBounds(true, config.limits(), Machine.look(), engine);
    relay =
        new RelayRole(
            config,
            wanted,
            engine,
            RelayKeystore.open(
                data.keyDirectory(warning -> {}),
                wanted.keys(),
                InstantSource.system(),
                random,
                notice -> {}),
            bounds,
            new FlowSettings(() -> FlowParameters.DEFAULT, new FlowCounters()),
            new CircuitPadding(() -> CircuitPaddingParameters.DEFAULT, () -> 0),
            target ->
                CompletableFuture.failedFuture(
                    new ConnectException(ConnectException.Reason.NETWORK, "no circuits here")),
            (request, anonymous) -> lies.answer(request),
            Optional::empty,
            () -> OutboundAddresses.ANY);
    channels =
        new ChannelManager(
            engine.transport(),
            engine.loops(),
            engine.contexts(),
            ChannelManagerSettings.of(
                new ChannelSettings(
                    relay.acceptor(),
                    new CellCounters(),
                    bounds.limits(),
                    () ->
                        new PaddingRules(
                            PaddingParameters.DEFAULT,
                            PaddingRules.Wish.AUTO,
                            false,
                            true,
                            config.link().keepalive()),
                    engine.nanoClock()),
                engine.tls(),
                () -> relay.credentials().get(),
                relay::addresses),
            engine.clock(),
            random);
    List<InetSocketAddress> ports =
        wanted.orPorts().stream().map(port -> port.bindAddress()).toList();
    channels.listen(ports.getFirst());
  }

  @Override
  public void close() {
    channels.close();
    relay.close();
    bounds.close();
    data.close();
    engine.close();
  }
}
