package org.tunic.router.channel;

import java.util.Optional;
import java.util.OptionalInt;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.ChannelViolation;
import org.tunic.router.cell.Versions;

/**
 * The negotiation of a channel, one class per role; no I/O and no timer.
 *
 * <pre>
 * initiator                                  responder
 *   VERSIONS                         →
 *                                    ←         VERSIONS CERTS AUTH_CHALLENGE NETINFO
 *   a client:  NETINFO               →
 *   a relay:   CERTS AUTHENTICATE NETINFO →
 * </pre>
 *
 * <p>The driver asks {@link #accepts} before it parses a cell, then hands over the message; what is
 * to be sent comes out of {@link #takeOutput}. Padding is the driver's.
 *
 * <p>Spec: tor-spec/negotiating-channels
 *
 * <p>Threads: event loop of the socket.
 */
sealed interface Handshake permits InitiatorHandshake, ResponderHandshake {
  /** The link protocols we speak. Without 3, whose circuit ids have two bytes. */
  Versions LINK_PROTOCOLS = new Versions(java.util.List.of(4, 5));

  /** Whether a cell of this command may come now; if not, it is not parsed. */
  boolean accepts(CellCommand command);

  /**
   * A whole cell was read, padding included; for the transcript. Not called with AUTHENTICATE,
   * before which the initiator's log ends.
   */
  void received(byte[] cell);

  /**
   * The next step.
   *
   * @throws ChannelViolation if the peer broke the rules or proved nothing: close
   * @throws ConnectException if it proved to be someone else: close, and tell who asked
   */
  void on(ChannelMessage message) throws ChannelViolation, ConnectException;

  /** Cells to send now, in wire form; empty if there are none. */
  byte[] takeOutput();

  /** The link protocol, once VERSIONS was read. */
  OptionalInt linkProtocol();

  /** The outcome, once NETINFO was read. */
  Optional<Negotiated> negotiated();
}
