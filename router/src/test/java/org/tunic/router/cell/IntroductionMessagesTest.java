package org.tunic.router.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.hsntor.HsNtorClient;
import org.tunic.crypto.handshake.hsntor.HsNtorService;
import org.tunic.crypto.handshake.hsntor.IntroPointKeys;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.testing.SeededRandom;

/** The messages around introduction and rendezvous: layouts, trust, padding. */
class IntroductionMessagesTest {
  private final SeededRandom random = new SeededRandom(77);
  private final Ed25519Identity authKey = Ed25519Identity.of(random.bytes(32));

  private Bytes bytes(int length) {
    return Bytes.copyOf(random.bytes(length));
  }

  private static byte[] body(RelayMessage message) {
    ByteWriter out = new ByteWriter();
    message.encode(out);
    return out.toArray();
  }

  private IntroduceMessage message(ExtensionList extensions) {
    return new IntroduceMessage(
        RendezvousCookie.generate(random),
        extensions,
        NtorPublicKey.of(random.bytes(32)),
        List.of(
            new LinkSpecifier.RsaId(new RsaIdentity(bytes(20))),
            new LinkSpecifier.Ed25519Id(authKey)));
  }

  /** Layout: 02 | 0020 | key | 00 | MAC 32 | 0040 | signature, 134 bytes. */
  @Test
  void establishIntro_made_isGenuineOnItsCircuitAlone() throws Exception {
    try (var key = Ed25519Keypair.generate(random);
        var binding = SecretBytes.takeOwnership(random.bytes(20));
        var other = SecretBytes.takeOwnership(random.bytes(20))) {
      byte[] body = body(EstablishIntro.sign(key, ExtensionList.EMPTY, binding));
      assertEquals(134, body.length);
      assertEquals("020020", Bytes.copyOf(body, 0, 3).hex());
      assertEquals("0040", Bytes.copyOf(body, 68, 2).hex());
      assertTrue(EstablishIntro.decode(new ByteReader(body)).isGenuine(binding));
      assertFalse(EstablishIntro.decode(new ByteReader(body)).isGenuine(other));
    }
  }

  @Test
  void establishIntro_anyByteChanged_isNotGenuine() {
    try (var key = Ed25519Keypair.generate(random);
        var binding = SecretBytes.takeOwnership(random.bytes(20))) {
      var extensions = new ExtensionList(List.of(new IntroDos(25, 200).extension()));
      byte[] good = body(EstablishIntro.sign(key, extensions, binding));
      for (int i = 0; i < good.length; i++) {
        byte[] bad = good.clone();
        bad[i] ^= 1;
        boolean genuine;
        try {
          genuine = EstablishIntro.decode(new ByteReader(bad)).isGenuine(binding);
        } catch (MalformedException e) {
          genuine = false;
        }
        assertFalse(genuine, "byte " + i);
      }
    }
  }

  @Test
  void establishIntro_ofVersion2_isRefused() {
    assertThrows(
        MalformedException.class, () -> EstablishIntro.decode(new ByteReader(new byte[200])));
  }

  @Test
  void introDos_written_isRead() {
    IntroDos dos = new IntroDos(25, 200);
    assertEquals("0201000000000000001902" + "00000000000000c8", dos.extension().body().hex());
    assertEquals(Optional.of(dos), IntroDos.of(new ExtensionList(List.of(dos.extension()))));
    assertEquals(Optional.empty(), IntroDos.of(ExtensionList.EMPTY));
  }

  @ParameterizedTest
  @CsvSource({
    "020100000000000000190200000000000000c8, true",
    "02010000000000000000020000000000000000, false",
    "020100000000000000c8020000000000000019, false",
    "02010000000080000000020000000080000000, false",
    "0201ffffffffffffffff02ffffffffffffffff, false",
    "00, false",
    "01020000000000000019, false"
  })
  void introDos_values_switchTheDefence(String hex, boolean enabled) throws Exception {
    var list = new ExtensionList(List.of(new ExtensionList.Extension(1, Bytes.fromHex(hex))));
    assertEquals(Optional.of(enabled), IntroDos.of(list).map(IntroDos::isEnabled));
  }

  @ParameterizedTest
  @CsvSource({"''", "02010000000000000019", "0103000000000000000a", "01010000"})
  void introDos_malformed_countsAsNone(String hex) throws Exception {
    var list = new ExtensionList(List.of(new ExtensionList.Extension(1, Bytes.fromHex(hex))));
    assertEquals(Optional.empty(), IntroDos.of(list));
  }

  /** A whole introduction: sealed, carried as INTRODUCE1, passed on, opened, read. */
  @Test
  void introduce_throughIntroductionPoint_saysTheSame() throws Exception {
    NtorOnionKeypair encKey = NtorOnionKeypair.generate(random);
    var subcredential = new Subcredential(bytes(32));
    var pow = new PowSolution(bytes(16), 77, bytes(4), bytes(16));
    IntroduceMessage said = message(IntroduceExtensions.of(true, pow));
    Bytes clear = Introduce1.clearPart(authKey);
    assertEquals(56, clear.length());
    Introduce1 sent;
    try (var client =
        HsNtorClient.begin(
            new IntroPointKeys(authKey, encKey.publicKey()), subcredential, random)) {
      sent = new Introduce1(authKey, ExtensionList.EMPTY, client.seal(clear, said.encode(clear)));
    }
    byte[] body = body(sent);
    assertEquals(IntroduceMessage.MIN_INTRODUCE1_LENGTH + HsNtorClient.OVERHEAD, body.length);
    Introduce2 got =
        Introduce2.decode(
            new ByteReader(body(Introduce1.decode(new ByteReader(body)).toService())));
    try (var service =
        HsNtorService.open(
            authKey, encKey, List.of(subcredential), got.clearPart(), got.encrypted())) {
      IntroduceMessage heard = IntroduceMessage.decode(service.message().reader());
      assertEquals(said, heard);
      assertTrue(IntroduceExtensions.wantsCongestionControl(heard.extensions()));
      assertEquals(Optional.of(pow), IntroduceExtensions.proofOfWork(heard.extensions()));
    }
  }

  @Test
  void introduceMessage_longerThanThePadding_isNotCut() throws Exception {
    var extension = new ExtensionList.Extension(200, bytes(200));
    IntroduceMessage said = message(new ExtensionList(List.of(extension)));
    Bytes encoded = said.encode(Introduce1.clearPart(authKey));
    assertTrue(encoded.length() > IntroduceMessage.MIN_INTRODUCE1_LENGTH);
    assertEquals(said, IntroduceMessage.decode(encoded.reader()));
  }

  @Test
  void proofOfWork_ofAnotherVersionOrShort_isMalformed() throws Exception {
    for (int length : new int[] {0, 1, 40}) {
      byte[] body = random.bytes(length);
      if (length > 0) {
        body[0] = 1;
      }
      assertMalformed(Bytes.copyOf(body));
    }
    byte[] other = random.bytes(41);
    other[0] = 2;
    assertMalformed(Bytes.copyOf(other));
    assertEquals(Optional.empty(), IntroduceExtensions.proofOfWork(ExtensionList.EMPTY));
  }

  private static void assertMalformed(Bytes pow) {
    var list = new ExtensionList(List.of(new ExtensionList.Extension(2, pow)));
    assertThrows(MalformedException.class, () -> IntroduceExtensions.proofOfWork(list));
  }

  @Test
  void introduce1_ofVersion2OrEmpty_isRefused() {
    byte[] good = body(new Introduce1(authKey, ExtensionList.EMPTY, bytes(70)));
    byte[] legacy = good.clone();
    legacy[19] = 1;
    assertThrows(MalformedException.class, () -> Introduce1.decode(new ByteReader(legacy)));
    assertThrows(MalformedException.class, () -> Introduce1.decode(new ByteReader(good, 0, 56)));
  }

  @Test
  void establishRendezvous_withMoreThanACookie_isRefused() throws Exception {
    byte[] body = random.bytes(21);
    assertThrows(MalformedException.class, () -> EstablishRendezvous.decode(new ByteReader(body)));
    assertEquals(
        Bytes.copyOf(body, 0, 20),
        EstablishRendezvous.decode(new ByteReader(body, 0, 20)).cookie().bytes());
  }

  @Test
  void rendezvous1_padded_has168BytesAndItsAnswer() throws Exception {
    Bytes answer = bytes(64);
    Rendezvous1 sent = Rendezvous1.padded(RendezvousCookie.generate(random), answer, random);
    byte[] body = body(sent);
    assertEquals(168, body.length);
    Rendezvous1 got = Rendezvous1.decode(new ByteReader(body));
    Bytes passedOn = new Rendezvous2(got.handshakeInfo()).handshakeInfo();
    assertEquals(answer, Rendezvous2.decode(passedOn.reader()).answer());
  }

  @Test
  void toString_ofWhatNamesServicesOrMeetings_saysNothing() {
    RendezvousCookie cookie = RendezvousCookie.generate(random);
    assertEquals("[cookie]", cookie.toString());
    assertEquals(
        "EstablishRendezvous[cookie=[cookie]]", new EstablishRendezvous(cookie).toString());
    assertEquals("IntroduceMessage", message(ExtensionList.EMPTY).toString());
    assertEquals("Introduce1", new Introduce1(authKey, ExtensionList.EMPTY, bytes(64)).toString());
  }
}
