package org.tunic.router.circuit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.router.cell.ExtensionList;
import org.tunic.router.cell.ExtensionList.Extension;
import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.congestion.FlowParameters;
import org.tunic.router.stream.FlowControl;

/**
 * Which handshake a client uses with a hop, and what both ends say in the messages of ntor v3.
 *
 * <p>A client asks for congestion control at the last hop, if the relay speaks it and the consensus
 * wants it. The relay grants it if its consensus wants it too.
 *
 * <p>Spec: tor-spec/create-created-cells#ntor-v3, proposals/324 section 10.1
 *
 * <p>Threads: any, because it has no state.
 */
final class Negotiation {
  /** The purpose of the handshake, which both ends must mean. */
  static final Bytes CIRCUIT_EXTEND =
      Bytes.copyOf("circuit extend".getBytes(StandardCharsets.US_ASCII));

  private Negotiation() {}

  /** How a client shakes hands with a hop. */
  enum Choice {
    NTOR,
    NTOR_V3,
    NTOR_V3_CONGESTION_CONTROL
  }

  /** What a relay agrees to: the flow control of the circuit, and what to tell the client. */
  record Granted(FlowControl flow, Bytes reply) {}

  /**
   * The handshake for a hop, as C tor chooses it.
   *
   * @param last whether streams will end there
   */
  static Choice choose(HopSpec hop, boolean last, FlowParameters parameters) {
    if (hop.ids().ed25519() == null) {
      return Choice.NTOR;
    }
    if (last
        && parameters.congestionControl()
        && hop.protocols().supports("FlowCtrl", 2)
        && hop.protocols().supports("Relay", 4)) {
      return Choice.NTOR_V3_CONGESTION_CONTROL;
    }
    return hop.protocols().supports("Relay", 5) && hop.protocols().supports("Relay", 6)
        ? Choice.NTOR_V3
        : Choice.NTOR;
  }

  /** The message of a client. */
  static Bytes request(Choice choice) {
    return switch (choice) {
      case NTOR, NTOR_V3 -> ExtensionList.EMPTY.encode();
      case NTOR_V3_CONGESTION_CONTROL ->
          only(ExtensionList.CONGESTION_CONTROL_REQUEST, Bytes.EMPTY);
    };
  }

  /**
   * Judges a client's message.
   *
   * @throws HandshakeFailedException when it is malformed or asks for a subprotocol, of which we
   *     speak none that can be asked for
   */
  static Granted grant(Bytes request, FlowParameters parameters, FlowCounters counters)
      throws HandshakeFailedException {
    ExtensionList asked = decode(request);
    if (asked
        .first(ExtensionList.SUBPROTOCOL_REQUEST)
        .filter(pairs -> pairs.length() > 0)
        .isPresent()) {
      throw new HandshakeFailedException();
    }
    if (!parameters.congestionControl()
        || asked.first(ExtensionList.CONGESTION_CONTROL_REQUEST).isEmpty()) {
      return new Granted(
          new FlowControl.FixedWindows(parameters.windowCells()), ExtensionList.EMPTY.encode());
    }
    int increment = parameters.incrementCells();
    return new Granted(
        new FlowControl.CongestionControl(increment, parameters, counters),
        only(
            ExtensionList.CONGESTION_CONTROL_RESPONSE,
            Bytes.copyOf(new byte[] {(byte) increment})));
  }

  /**
   * What a relay's message agreed to.
   *
   * @throws HandshakeFailedException when it is malformed, grants what was not asked for or an
   *     increment that is not the consensus'
   */
  static FlowControl agreed(
      Choice choice, Bytes reply, FlowParameters parameters, FlowCounters counters)
      throws HandshakeFailedException {
    Optional<Bytes> granted = decode(reply).first(ExtensionList.CONGESTION_CONTROL_RESPONSE);
    if (granted.isEmpty()) {
      return new FlowControl.FixedWindows(parameters.windowCells());
    }
    Bytes body = granted.get();
    if (choice != Choice.NTOR_V3_CONGESTION_CONTROL
        || body.length() == 0
        || !parameters.acceptsIncrement(body.at(0))) {
      throw new HandshakeFailedException();
    }
    return new FlowControl.CongestionControl(body.at(0), parameters, counters);
  }

  private static ExtensionList decode(Bytes message) throws HandshakeFailedException {
    try {
      return ExtensionList.decode(message.reader());
    } catch (MalformedException e) {
      throw new HandshakeFailedException();
    }
  }

  private static Bytes only(int type, Bytes body) {
    return new ExtensionList(List.of(new Extension(type, body))).encode();
  }
}
