package org.tunic.router.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.router.cell.ExtensionList.Extension;
import org.tunic.testing.SeededRandom;

class ExtensionListTest {
  private static ExtensionList decode(String hex) throws MalformedException {
    return ExtensionList.decode(Bytes.fromHex(hex).reader());
  }

  @Test
  void decode_whatCTorSends_isUnderstood() throws Exception {
    assertEquals(ExtensionList.EMPTY, decode("00"));
    assertEquals(
        Optional.of(Bytes.EMPTY), decode("010100").first(ExtensionList.CONGESTION_CONTROL_REQUEST));
    assertEquals(
        31,
        decode("0102011f").first(ExtensionList.CONGESTION_CONTROL_RESPONSE).orElseThrow().at(0));
    assertEquals(
        Bytes.fromHex("0206"),
        decode("02010003020206").first(ExtensionList.SUBPROTOCOL_REQUEST).orElseThrow());
  }

  @Test
  void first_ofSeveralOfOneType_isTheFirst() throws Exception {
    assertEquals(1, decode("0202010102010f").first(2).orElseThrow().at(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "01", "0101", "010101", "02010003", "0201000302ff", "ff"})
  void decode_cutShort_isMalformed(String hex) {
    assertThrows(MalformedException.class, () -> decode(hex));
  }

  @Test
  void decode_bytesAfterTheList_areIgnored() throws Exception {
    assertEquals(decode("010100"), decode("010100ffff"));
  }

  @RepeatedTest(20)
  void encode_anyList_decodesToTheSame(RepetitionInfo run) throws Exception {
    SeededRandom random = new SeededRandom(run.getCurrentRepetition());
    List<Extension> extensions = new ArrayList<>();
    for (int n = random.nextInt(256); n > 0; n--) {
      extensions.add(
          new Extension(random.nextInt(256), Bytes.copyOf(random.bytes(random.nextInt(256)))));
    }
    ExtensionList list = new ExtensionList(extensions);
    assertEquals(list, ExtensionList.decode(list.encode().reader()), random::toString);
  }

  @RepeatedTest(50)
  void decode_anyBytes_isAListOrMalformed(RepetitionInfo run) {
    SeededRandom random = new SeededRandom(run.getCurrentRepetition());
    byte[] bytes = random.bytes(random.nextInt(400));
    try {
      ExtensionList list = ExtensionList.decode(Bytes.copyOf(bytes).reader());
      assertEquals(bytes[0] & 0xff, list.extensions().size(), random::toString);
    } catch (MalformedException e) {
      assertEquals(MalformedException.class, e.getClass(), HexFormat.of().formatHex(bytes));
    }
  }
}
