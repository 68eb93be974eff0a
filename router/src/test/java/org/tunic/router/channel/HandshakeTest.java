package org.tunic.router.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.router.cell.AuthChallenge;
import org.tunic.router.cell.Authenticate;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.CellEncoder;
import org.tunic.router.cell.Certs;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.ChannelViolation;
import org.tunic.router.cell.NetInfo;
import org.tunic.router.cell.VPadding;
import org.tunic.router.cell.Versions;
import org.tunic.router.link.TestCredentials;
import org.tunic.testing.SeededRandom;

/** Both roles against each other, cell by cell, with an exporter that stands for TLS. */
class HandshakeTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static RelayCredentials alice;
  private static RelayCredentials bob;
  private static InetAddress aliceAddress;
  private static InetAddress bobAddress;

  @BeforeAll
  static void makeKeys() throws Exception {
    SeededRandom random = new SeededRandom(3);
    alice = TestCredentials.create(NOW, random);
    bob = TestCredentials.create(NOW, random);
    aliceAddress = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    bobAddress = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
  }

  private static Bytes export(Bytes context) {
    return Bytes.copyOf(Sha.sha256(context.toArray()));
  }

  private static HandshakeContext context(
      @Nullable RelayCredentials own, List<InetAddress> addresses, InetAddress remote) {
    return context(own, addresses, remote, HandshakeTest::export);
  }

  private static HandshakeContext context(
      @Nullable RelayCredentials own,
      List<InetAddress> addresses,
      InetAddress remote,
      UnaryOperator<Bytes> exporter) {
    return new HandshakeContext(
        own,
        addresses,
        remote,
        new TlsBinding(bob.tlsCertificate().der(), exporter),
        () -> NOW,
        new SeededRandom(4));
  }

  private static InitiatorHandshake initiator(
      @Nullable RelayCredentials own, @Nullable RelayIds expected) {
    return new InitiatorHandshake(context(own, List.of(aliceAddress), bobAddress), expected);
  }

  private static ResponderHandshake responder() {
    return new ResponderHandshake(context(bob, List.of(bobAddress), aliceAddress));
  }

  /** Carries cells between both ends until neither has any. */
  private static final class Wire {
    final Handshake initiator;
    final Handshake responder;
    final List<CellCommand> fromInitiator = new ArrayList<>();
    final List<CellCommand> fromResponder = new ArrayList<>();
    UnaryOperator<ChannelMessage> toInitiator = UnaryOperator.identity();
    UnaryOperator<ChannelMessage> toResponder = UnaryOperator.identity();

    Wire(Handshake initiator, Handshake responder) {
      this.initiator = initiator;
      this.responder = responder;
    }

    void run() throws ChannelViolation, ConnectException {
      Deque<byte[]> forward = new ArrayDeque<>(cells(initiator.takeOutput()));
      while (!forward.isEmpty()) {
        Deque<byte[]> backward = new ArrayDeque<>();
        for (byte[] cell : forward) {
          feed(responder, cell, fromInitiator, toResponder);
          backward.addAll(cells(responder.takeOutput()));
        }
        forward.clear();
        for (byte[] cell : backward) {
          feed(initiator, cell, fromResponder, toInitiator);
          forward.addAll(cells(initiator.takeOutput()));
        }
      }
    }
  }

  private static void feed(
      Handshake to, byte[] cell, List<CellCommand> seen, UnaryOperator<ChannelMessage> change)
      throws ChannelViolation, ConnectException {
    CellCommand command = command(cell);
    seen.add(command);
    assertTrue(to.accepts(command), "refused " + command);
    ChannelMessage message;
    try {
      int header = header(cell, command);
      message =
          change.apply(
              ChannelMessage.decode(command, new ByteReader(cell, header, cell.length - header)));
    } catch (org.tunic.router.cell.CircuitViolation e) {
      throw new AssertionError(e);
    }
    if (command != CellCommand.AUTHENTICATE) {
      to.received(CellEncoder.encode(0, message));
    }
    to.on(message);
  }

  private static CellCommand command(byte[] cell) {
    boolean versions = cell[2] == CellCommand.VERSIONS.code();
    return Objects.requireNonNull(CellCommand.of(cell[versions ? 2 : 4]));
  }

  private static int header(byte[] cell, CellCommand command) {
    assertEquals(0, cell[0] | cell[1]);
    return command == CellCommand.VERSIONS ? 5 : command.variableLength() ? 7 : 5;
  }

  private static List<byte[]> cells(byte[] all) {
    List<byte[]> cells = new ArrayList<>();
    int at = 0;
    while (at < all.length) {
      int length;
      if (all[at + 2] == CellCommand.VERSIONS.code()) {
        length = 5 + ((all[at + 3] << 8) | (all[at + 4] & 0xff));
      } else if (CellCommand.isVariableLength(all[at + 4] & 0xff)) {
        length = 7 + (((all[at + 5] & 0xff) << 8) | (all[at + 6] & 0xff));
      } else {
        length = 514;
      }
      byte[] cell = new byte[length];
      System.arraycopy(all, at, cell, 0, length);
      cells.add(cell);
      at += length;
    }
    return cells;
  }

  @Test
  void relays_proveTheirIdentitiesToEachOther() throws Exception {
    Wire wire = new Wire(initiator(alice, bob.ids()), responder());
    wire.run();
    Negotiated atInitiator = wire.initiator.negotiated().orElseThrow();
    Negotiated atResponder = wire.responder.negotiated().orElseThrow();
    assertEquals(new Negotiated(5, bob.ids(), true, 0), atInitiator);
    assertEquals(new Negotiated(5, alice.ids(), true, 0), atResponder);
    assertEquals(
        List.of(
            CellCommand.VERSIONS, CellCommand.CERTS, CellCommand.AUTHENTICATE, CellCommand.NETINFO),
        wire.fromInitiator);
    assertEquals(
        List.of(
            CellCommand.VERSIONS,
            CellCommand.CERTS,
            CellCommand.AUTH_CHALLENGE,
            CellCommand.NETINFO),
        wire.fromResponder);
  }

  @Test
  void client_staysAnonymousAndTellsNothingOfItself() throws Exception {
    Wire wire = new Wire(initiator(null, bob.ids()), responder());
    List<NetInfo> told = new ArrayList<>();
    wire.toResponder =
        message -> {
          if (message instanceof NetInfo info) {
            told.add(info);
          }
          return message;
        };
    wire.run();
    assertEquals(bob.ids(), wire.initiator.negotiated().orElseThrow().peer());
    assertNull(wire.responder.negotiated().orElseThrow().peer());
    assertFalse(wire.responder.negotiated().orElseThrow().canonical());
    assertEquals(List.of(CellCommand.VERSIONS, CellCommand.NETINFO), wire.fromInitiator);
    assertEquals(0, told.getFirst().time());
    assertEquals(List.of(), told.getFirst().mine());
  }

  @Test
  void initiator_thatMeetsSomeoneElse_refusesBeforeItShowsItsOwnCertificates() {
    Wire wire = new Wire(initiator(alice, alice.ids()), responder());
    ConnectException refused = assertThrows(ConnectException.class, wire::run);
    assertEquals(ConnectException.Reason.IDENTITY, refused.reason());
    assertEquals(List.of(CellCommand.VERSIONS), wire.fromInitiator);
  }

  @Test
  void initiator_thatExpectsOnlyAnRsaIdentity_takesAnyEd25519One() throws Exception {
    Wire wire = new Wire(initiator(alice, RelayIds.ofRsa(bob.ids().rsa())), responder());
    wire.run();
    assertEquals(bob.ids(), wire.initiator.negotiated().orElseThrow().peer());
  }

  @Test
  void authenticate_overAnotherTlsConnection_isRefused() {
    Wire wire =
        new Wire(
            new InitiatorHandshake(
                context(
                    alice,
                    List.of(),
                    bobAddress,
                    c -> Bytes.copyOf(Sha.sha256(c.toArray(), new byte[1]))),
                bob.ids()),
            responder());
    assertThrows(ChannelViolation.class, wire::run);
  }

  @Test
  void authenticate_withAnyBitChanged_isRefused() {
    for (int bit : new int[] {0, 8 * 8, 40 * 8, 136 * 8, 168 * 8, 232 * 8, 264 * 8, 351 * 8 + 7}) {
      Wire wire = new Wire(initiator(alice, bob.ids()), responder());
      wire.toResponder =
          message -> {
            if (!(message instanceof Authenticate proof)) {
              return message;
            }
            byte[] changed = proof.authentication().toArray();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            return new Authenticate(3, Bytes.copyOf(changed));
          };
      assertThrows(ChannelViolation.class, wire::run, "bit " + bit);
    }
  }

  @Test
  void authenticate_afterAChangedTranscript_isRefused() {
    Wire wire = new Wire(initiator(alice, bob.ids()), responder());
    wire.toInitiator =
        message ->
            message instanceof AuthChallenge challenge
                ? new AuthChallenge(Bytes.copyOf(new byte[32]), challenge.methods())
                : message;
    assertThrows(ChannelViolation.class, wire::run);
  }

  @Test
  void authenticate_isNotSentWhereItIsNotOffered() throws Exception {
    Wire wire = new Wire(initiator(alice, bob.ids()), responder());
    wire.toInitiator =
        message ->
            message instanceof AuthChallenge challenge
                ? new AuthChallenge(challenge.challenge(), List.of(1, 2))
                : message;
    wire.run();
    assertEquals(List.of(CellCommand.VERSIONS, CellCommand.NETINFO), wire.fromInitiator);
    assertNull(wire.responder.negotiated().orElseThrow().peer());
  }

  @Test
  void certs_forAnotherTlsCertificate_areRefused() {
    Wire wire =
        new Wire(
            new InitiatorHandshake(
                new HandshakeContext(
                    null,
                    List.of(),
                    bobAddress,
                    new TlsBinding(alice.tlsCertificate().der(), HandshakeTest::export),
                    () -> NOW,
                    new SeededRandom(5)),
                bob.ids()),
            responder());
    assertThrows(ChannelViolation.class, wire::run);
  }

  @Test
  void certs_withOneMissingOrTwice_areRefused() {
    for (int type : new int[] {2, 5, 7}) {
      Wire wire = new Wire(initiator(null, bob.ids()), responder());
      wire.toInitiator =
          message ->
              message instanceof Certs certs
                  ? new Certs(certs.entries().stream().filter(e -> e.type() != type).toList())
                  : message;
      assertThrows(ChannelViolation.class, wire::run, "without " + type);
    }
    Wire wire = new Wire(initiator(null, bob.ids()), responder());
    wire.toInitiator =
        message -> {
          if (!(message instanceof Certs certs)) {
            return message;
          }
          List<Certs.Entry> twice = new ArrayList<>(certs.entries());
          twice.add(certs.entries().getFirst());
          return new Certs(twice);
        };
    assertThrows(ChannelViolation.class, wire::run);
  }

  @Test
  void certs_withoutTheEd25519Set_doNotProveAnExpectedEd25519Identity() {
    Wire wire = new Wire(initiator(null, bob.ids()), responder());
    wire.toInitiator =
        message ->
            message instanceof Certs certs
                ? new Certs(certs.entries().stream().filter(e -> e.type() <= 2).toList())
                : message;
    assertEquals(
        ConnectException.Reason.IDENTITY, assertThrows(ConnectException.class, wire::run).reason());
  }

  @Test
  void certs_withoutAuthenticate_leaveTheInitiatorAClient() throws Exception {
    ResponderHandshake responder = responder();
    step(responder, new Versions(List.of(3, 4, 5)));
    step(responder, HandshakeContext.certs(alice.initiatorCertificates()));
    step(responder, context(alice, List.of(aliceAddress), bobAddress).netInfo());
    assertNull(responder.negotiated().orElseThrow().peer());
    assertFalse(responder.negotiated().orElseThrow().canonical());
  }

  private static void step(Handshake handshake, ChannelMessage message) throws Exception {
    assertTrue(handshake.accepts(message.command()));
    handshake.received(CellEncoder.encode(0, message));
    handshake.on(message);
  }

  @Test
  void versions_withoutOneInCommon_areRefused() {
    assertThrows(ChannelViolation.class, () -> responder().on(new Versions(List.of(1, 2, 3))));
    assertThrows(
        ChannelViolation.class, () -> initiator(null, null).on(new Versions(List.of(3, 6))));
  }

  @Test
  void versions_chooseTheHighestInCommon() throws Exception {
    ResponderHandshake responder = responder();
    step(responder, new Versions(List.of(4, 3)));
    assertEquals(4, responder.linkProtocol().orElseThrow());
  }

  @Test
  void responder_acceptsInEachStateOnlyWhatMayCome() throws Exception {
    ResponderHandshake responder = responder();
    assertEquals(EnumSet.of(CellCommand.VERSIONS), accepted(responder));
    step(responder, new Versions(List.of(5)));
    assertEquals(EnumSet.of(CellCommand.CERTS, CellCommand.NETINFO), accepted(responder));
    step(responder, HandshakeContext.certs(alice.initiatorCertificates()));
    assertEquals(EnumSet.of(CellCommand.AUTHENTICATE, CellCommand.NETINFO), accepted(responder));
    step(responder, context(null, List.of(), bobAddress).netInfo());
    assertEquals(Set.of(), accepted(responder));
  }

  @Test
  void initiator_acceptsInEachStateOnlyWhatMayCome() throws Exception {
    InitiatorHandshake initiator = initiator(alice, bob.ids());
    assertEquals(EnumSet.of(CellCommand.VERSIONS), accepted(initiator));
    step(initiator, new Versions(List.of(5)));
    assertEquals(EnumSet.of(CellCommand.CERTS), accepted(initiator));
    step(initiator, HandshakeContext.certs(bob.responderCertificates()));
    assertEquals(EnumSet.of(CellCommand.AUTH_CHALLENGE, CellCommand.NETINFO), accepted(initiator));
    step(initiator, new AuthChallenge(Bytes.copyOf(new byte[32]), List.of(3)));
    assertEquals(EnumSet.of(CellCommand.NETINFO), accepted(initiator));
    step(initiator, context(bob, List.of(), aliceAddress).netInfo());
    assertEquals(Set.of(), accepted(initiator));
  }

  private static Set<CellCommand> accepted(Handshake handshake) {
    EnumSet<CellCommand> accepted = EnumSet.allOf(CellCommand.class);
    accepted.removeIf(command -> !handshake.accepts(command));
    return accepted;
  }

  @Test
  void padding_countsInTheTranscript() throws Exception {
    InitiatorHandshake initiator = initiator(alice, bob.ids());
    ResponderHandshake responder = responder();
    byte[] padding = CellEncoder.encode(0, new VPadding(10));
    responder.received(padding);
    Wire wire = new Wire(initiator, responder);
    assertThrows(ChannelViolation.class, wire::run);
  }

  @Test
  void netInfo_withoutOurAddress_isNotCanonicalAndTellsTheSkew() throws Exception {
    InitiatorHandshake initiator = initiator(null, bob.ids());
    step(initiator, new Versions(List.of(5)));
    step(initiator, HandshakeContext.certs(bob.responderCertificates()));
    step(
        initiator,
        new NetInfo(
            NOW.getEpochSecond() + 7200,
            NetInfo.Address.of(aliceAddress),
            List.of(
                NetInfo.Address.of(aliceAddress),
                new NetInfo.Address(4, Bytes.copyOf(new byte[1])))));
    assertEquals(new Negotiated(5, bob.ids(), false, 7200), initiator.negotiated().orElseThrow());
  }
}
