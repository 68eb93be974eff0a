package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Congestion control between clients and exits of each subject: that it is what was negotiated is
 * read in the logs of both ends. A download of 64 MiB stops in the middle until XOFF has reached
 * the exit, goes on after XON, and arrives with every byte in place.
 *
 * <p>Threads: that of the test.
 */
@OverSharedNetworks
class CTorFlowControlIT {
  private static final long BYTES = WebServer.FILE_BYTES;
  private static final long STOP_AFTER_BYTES = 4 << 20;
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);
  private static final Duration SIGN_LIMIT = Duration.ofSeconds(30);
  private static final Duration TRANSFER_LIMIT = Duration.ofMinutes(2);

  /** What a node of each subject says of flow control at the level info. */
  private enum Sign {
    CONGESTION_CONTROL("TOR_VEGAS", "by handshake 3, congestion control true"),
    XOFF_SENT("Sending XOFF", "XOFF sent"),
    XOFF_RECEIVED("Got XOFF", "XOFF received"),
    XON_SENT("Sending XON", "XON sent"),
    XON_RECEIVED("Got XON", "XON received");

    private final String ctor;
    private final String ours;

    Sign(String ctor, String ours) {
      this.ctor = ctor;
      this.ours = ours;
    }

    private String of(Subject subject) {
      return switch (subject) {
        case CTOR -> ctor;
        case OURS -> ours;
      };
    }
  }

  /** What some nodes have logged since a moment. */
  private static final class Watch {
    private final Map<TorNode, Integer> from = new LinkedHashMap<>();

    Watch(List<TorNode> nodes) {
      nodes.forEach(node -> from.put(node, node.log("info").length()));
    }

    /** Where the last such sign of a node stands; -1 if there is none. */
    private int last(TorNode node, Sign sign) {
      return node.log("info").substring(from.get(node)).lastIndexOf(sign.of(node.subject()));
    }

    /** Waits until one of the nodes says {@code one} and has not said {@code other} after it. */
    void await(Sign one, Sign other) {
      Await.until(
          one + " logged by one of " + from.keySet().stream().map(TorNode::name).toList(),
          SIGN_LIMIT,
          () -> from.keySet().stream().anyMatch(n -> last(n, one) > last(n, other)),
          () -> from.keySet().stream().map(TorNode::logTail).toList().toString());
    }

    boolean saw(Sign sign) {
      return from.keySet().stream().anyMatch(node -> last(node, sign) >= 0);
    }
  }

  static Stream<Arguments> networksAndClients() {
    return Stream.of(Subject.values())
        .flatMap(
            network -> Stream.of(Subject.values()).map(client -> Arguments.of(network, client)));
  }

  @ParameterizedTest
  @MethodSource("networksAndClients")
  void readerThatStops_withCongestionControl_holdsTheExitBackAndLosesNothing(
      Subject relays, Subject subject, SharedNetworks networks) throws IOException {
    Interop.require(subject);
    TorNetwork network = networks.of(relays);
    // Before the client starts: it may build the circuit that the download takes while it starts.
    Watch exits =
        new Watch(
            network.nodes().stream()
                .filter(node -> node.role() == Role.EXIT && node.running())
                .toList());
    TorNode client = network.startClient("flow" + subject.label(), subject);
    try {
      client.awaitBootstrapped(BOOTSTRAP_LIMIT);
      Watch clients = new Watch(List.of(client));
      try (SocksDownload download = new SocksDownload(client, "flow", networks.web(), BYTES)) {
        awaitReceived(download, STOP_AFTER_BYTES, client);
        download.stopReading();
        clients.await(Sign.XOFF_SENT, Sign.XON_SENT);
        exits.await(Sign.XOFF_RECEIVED, Sign.XON_RECEIVED);
        download.goOn();
        clients.await(Sign.XON_SENT, Sign.XOFF_SENT);
        exits.await(Sign.XON_RECEIVED, Sign.XOFF_RECEIVED);
        awaitReceived(download, BYTES, client);
      }
      assertTrue(exits.saw(Sign.CONGESTION_CONTROL), "congestion control at an exit");
    } finally {
      client.stop();
    }
  }

  private static void awaitReceived(SocksDownload download, long bytes, TorNode client) {
    Await.until(
        bytes + " bytes downloaded",
        TRANSFER_LIMIT,
        () -> download.received() >= bytes,
        () -> "received " + download.received() + "\n" + client.logTail());
  }
}
