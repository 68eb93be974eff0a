package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * The body of a cell that is not RELAY or RELAY_EARLY.
 *
 * <p>The caller checks that the command is allowed at the moment before it decodes. Bodies of
 * fixed-length cells may end in anything (the padding of the cell); in variable-length cells bytes
 * after the last field are ignored too, as C tor does.
 *
 * <p>Spec: tor-spec/cell-packet-format
 *
 * <p>Threads: immutable.
 */
public sealed interface ChannelMessage
    permits Padding,
        VPadding,
        Create2,
        Created2,
        CreateFast,
        CreatedFast,
        Destroy,
        Versions,
        Certs,
        AuthChallenge,
        Authenticate,
        NetInfo,
        PaddingNegotiate {

  /** The command byte of the cell. */
  CellCommand command();

  /**
   * Writes the body without the zeros that fill a fixed-length cell; at most 509 bytes for those,
   * at most 65535 else.
   */
  void encode(ByteWriter out);

  /**
   * Reads the body of a cell.
   *
   * @param command any command but RELAY and RELAY_EARLY
   * @param body exactly the body: 509 bytes of a fixed-length cell, or as long as the cell said
   * @throws CircuitViolation if the body of a circuit's cell is malformed, or the command is one of
   *     the retired CREATE and CREATED: DESTROY with reason PROTOCOL
   * @throws ChannelViolation if the body of a channel's cell is malformed: close
   */
  static ChannelMessage decode(CellCommand command, ByteReader body)
      throws CircuitViolation, ChannelViolation {
    try {
      return switch (command) {
        case PADDING -> Padding.decode(body);
        case VPADDING, AUTHORIZE -> VPadding.decode(body);
        case CREATE2 -> Create2.decode(body);
        case CREATED2 -> Created2.decode(body);
        case CREATE_FAST -> CreateFast.decode(body);
        case CREATED_FAST -> CreatedFast.decode(body);
        case DESTROY -> Destroy.decode(body);
        case VERSIONS -> Versions.decode(body);
        case CERTS -> Certs.decode(body);
        case AUTH_CHALLENGE -> AuthChallenge.decode(body);
        case AUTHENTICATE -> Authenticate.decode(body);
        case NETINFO -> NetInfo.decode(body);
        case PADDING_NEGOTIATE -> PaddingNegotiate.decode(body);
        case CREATE, CREATED -> throw new CircuitViolation("TAP handshakes are not supported");
        case RELAY, RELAY_EARLY -> throw new IllegalArgumentException("relay cells stay bytes");
      };
    } catch (MalformedException e) {
      if (command.ofCircuit()) {
        throw new CircuitViolation("malformed body of a circuit's cell");
      }
      throw new ChannelViolation("malformed body of a channel's cell");
    }
  }
}
