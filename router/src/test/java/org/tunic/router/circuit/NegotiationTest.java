package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.router.circuit.Negotiation.Choice;
import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.congestion.FlowParameters;
import org.tunic.router.stream.FlowControl;

class NegotiationTest {
  private static final RsaIdentity RSA = RsaIdentity.of(new byte[20]);
  private static final FlowParameters ON = FlowParameters.DEFAULT;
  private static final FlowParameters OFF =
      FlowParameters.of(new ConsensusParameters(Map.of("cc_alg", 0)));

  private final FlowCounters counters = new FlowCounters();

  private static HopSpec hop(RelayIds ids, String protocols) {
    return new HopSpec(
        ids, NtorPublicKey.of(new byte[32]), List.of(), ProtocolVersions.of(protocols));
  }

  private static HopSpec hop(String protocols) {
    return hop(new RelayIds(RSA, Ed25519Identity.of(new byte[32])), protocols);
  }

  private static Bytes hex(String hex) throws Exception {
    return Bytes.fromHex(hex);
  }

  @ParameterizedTest
  @CsvSource({
    "FlowCtrl=1-2 Relay=2-4, true, NTOR_V3_CONGESTION_CONTROL",
    "FlowCtrl=1-2 Relay=2-4, false, NTOR",
    "FlowCtrl=1-2 Relay=2-6, true, NTOR_V3_CONGESTION_CONTROL",
    "FlowCtrl=1-2 Relay=2-6, false, NTOR_V3",
    "FlowCtrl=1 Relay=2-6, true, NTOR_V3",
    "FlowCtrl=1-2 Relay=2-3, true, NTOR",
    "FlowCtrl=1-2 Relay=2-5, false, NTOR",
    "FlowCtrl=1 Relay=2, true, NTOR",
  })
  void choose_isWhatCTorWouldChoose(String protocols, boolean last, Choice choice) {
    assertEquals(choice, Negotiation.choose(hop(protocols), last, ON));
  }

  @Test
  void choose_whereTheConsensusWantsFixedWindows_doesNotAsk() {
    assertEquals(Choice.NTOR, Negotiation.choose(hop("FlowCtrl=1-2 Relay=2-4"), true, OFF));
    assertEquals(Choice.NTOR_V3, Negotiation.choose(hop("FlowCtrl=1-2 Relay=2-6"), true, OFF));
  }

  @Test
  void choose_withoutAnEd25519Identity_isNtor() {
    HopSpec hop = hop(RelayIds.ofRsa(RSA), "FlowCtrl=1-2 Relay=2-6");
    assertEquals(Choice.NTOR, Negotiation.choose(hop, true, ON));
  }

  @Test
  void grant_askedAndWanted_isCongestionControl() throws Exception {
    var granted = Negotiation.grant(hex("010100"), ON, counters);
    assertEquals(hex("0102011f"), granted.reply());
    var control = assertInstanceOf(FlowControl.CongestionControl.class, granted.flow());
    assertEquals(31, control.incrementCells());
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "01ff020000", "010200", "010300"})
  void grant_notAsked_isFixedWindows(String request) throws Exception {
    var granted = Negotiation.grant(hex(request), ON, counters);
    assertEquals(hex("00"), granted.reply());
    assertEquals(new FlowControl.FixedWindows(1000), granted.flow());
  }

  @Test
  void grant_unknownExtensions_areIgnored() throws Exception {
    assertEquals(
        hex("0102011f"),
        Negotiation.grant(hex("0399021234" + "0100" + "c800"), ON, counters).reply());
  }

  @Test
  void grant_whereTheConsensusWantsFixedWindows_isFixedWindows() throws Exception {
    var granted = Negotiation.grant(hex("010100"), OFF, counters);
    assertEquals(hex("00"), granted.reply());
    assertInstanceOf(FlowControl.FixedWindows.class, granted.flow());
  }

  /** We speak no subprotocol that can be asked for. */
  @ParameterizedTest
  @ValueSource(strings = {"02010003020206", "0103020205", "01030102", "01", ""})
  void grant_subprotocolsOrMalformed_isRefused(String request) throws Exception {
    Bytes message = hex(request);
    assertThrows(HandshakeFailedException.class, () -> Negotiation.grant(message, ON, counters));
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 31, 32})
  void agreed_incrementNearTheConsensus_isUsed(int increment) throws Exception {
    Bytes reply = Bytes.concat(hex("010201"), Bytes.copyOf(new byte[] {(byte) increment}));
    var control =
        assertInstanceOf(
            FlowControl.CongestionControl.class,
            Negotiation.agreed(Choice.NTOR_V3_CONGESTION_CONTROL, reply, ON, counters));
    assertEquals(increment, control.incrementCells());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0102011d", "01020121", "01020100", "010201ff", "010200", "0102", ""})
  void agreed_otherIncrementOrMalformed_isRefused(String reply) throws Exception {
    Bytes message = hex(reply);
    assertThrows(
        HandshakeFailedException.class,
        () -> Negotiation.agreed(Choice.NTOR_V3_CONGESTION_CONTROL, message, ON, counters));
  }

  @Test
  void agreed_grantedUnasked_isRefused() throws Exception {
    Bytes reply = hex("0102011f");
    assertThrows(
        HandshakeFailedException.class,
        () -> Negotiation.agreed(Choice.NTOR_V3, reply, ON, counters));
  }

  @Test
  void agreed_notGranted_isFixedWindows() throws Exception {
    assertEquals(
        new FlowControl.FixedWindows(1000),
        Negotiation.agreed(Choice.NTOR_V3_CONGESTION_CONTROL, hex("00"), ON, counters));
  }
}
