package org.tunic.gateway.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tunic.gateway.peer.Wire.extended;
import static org.tunic.gateway.peer.Wire.handshake;
import static org.tunic.gateway.peer.Wire.length;
import static org.tunic.gateway.peer.Wire.message;
import static org.tunic.gateway.peer.Wire.through;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.tracker.swarm.InfoHash;

class WireFilterTest {
  private static final String HASH = "hhhhhhhhhhhhhhhhhhhh";
  private static final String CLIENT = "-qB4520-a5L9xJtPDNJv";
  private static final String GREETING = handshake(HASH, CLIENT);

  private final WireFilter.Pair filters =
      WireFilter.pair(InfoHash.at(Wire.INFO_HASH, 0), Wire.SELF);

  /** What each side says after both have greeted. */
  private String out(String said) throws WireViolation {
    return through(filters.out(), said);
  }

  private String in(String said) throws WireViolation {
    return through(filters.in(), said);
  }

  private static String passedGreeting(String peerId) {
    return "\u0013BitTorrent protocol\0\0\0\0\0\u0010\0\u0004" + HASH + peerId;
  }

  @Test
  void handshake_losesReservedBits_andTheClientItsName() throws WireViolation {
    assertEquals(passedGreeting("-TN0001-abcdefghijkl"), out(GREETING));
    assertEquals(passedGreeting(CLIENT), in(GREETING));
    assertTrue(filters.out().isGreeted());
  }

  @Test
  void handshake_ofAnotherTorrent_isRefused() throws WireViolation {
    assertThrows(
        WireViolation.class, () -> out(handshake("hhhhhhhhhhhhhhhhhhhx", CLIENT).substring(0, 48)));
    assertFalse(filters.out().isGreeted());
  }

  @Test
  void handshake_thatIsEncrypted_isRefusedAtItsFirstByte() {
    assertThrows(WireViolation.class, () -> out("\u0042"));
    assertThrows(WireViolation.class, () -> in("\u0013BitTorrenX"));
  }

  @Nested
  class AfterTheHandshake {
    @BeforeEach
    void greet() throws WireViolation {
      out(GREETING);
      in(GREETING);
    }

    @Test
    void messagesOfThePeerProtocol_passUnchanged() throws WireViolation {
      StringBuilder all = new StringBuilder(length(0));
      for (int id : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 16, 17}) {
        all.append(message(id, "x".repeat(id * 1000)));
      }
      assertEquals(all.toString(), out(all.toString()));
      assertEquals(all.toString(), in(all.toString()));
      assertEquals(0, filters.out().dropped());
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10, 11, 12, 18, 19, 21, 22, 23, 255})
    void otherMessages_areDropped(int id) throws WireViolation {
      String have = message(4, "\0\0\0\1");
      assertEquals(have + have, out(have + message(id, "\u001a\u00e1") + have));
      assertEquals(1, filters.out().dropped());
    }

    @Test
    void extensionHandshake_losesWhatTells() throws WireViolation {
      String said =
          "d1:ei1e4:ipv44:\u00cb\0q\u00074:ipv616:0123456789abcdef1:md11:lt_donthavei7e10:share_modei8e11:upload_onlyi3e"
              + "12:ut_holepunchi4e11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei1234e1:pi6902e4:reqqi2000e"
              + "11:upload_onlyi1e1:v17:Transmission 3.006:yourip4:\u00cb\0q\u0008e";
      String passed =
          "d1:md11:lt_donthavei7e11:upload_onlyi3e11:ut_metadatai2ee13:metadata_sizei1234e4:reqqi250e11:upload_onlyi1ee";
      assertEquals(extended(0, passed), out(extended(0, said)));
      assertEquals(extended(0, passed), in(extended(0, said)));
    }

    @Test
    void extensionHandshake_thatCannotBeRead_becomesAnEmptyOne() throws WireViolation {
      assertEquals(
          extended(0, "d1:mdee"),
          out(extended(0, "d4:ipv44:\u00cb\0q\u00071:mdee").replace("d4:", "d5:")));
      assertEquals(extended(0, "d1:mdee"), out(extended(0, "")));
    }

    @Test
    void extendedMessages_passIfTheirNumberWasTold() throws WireViolation {
      String metadata = extended(2, "d8:msg_typei0e5:piecei0ee");
      assertEquals("", out(metadata), "the peer said nothing yet");
      in(extended(0, "d1:md11:ut_metadatai2e6:ut_pexi1eee"));
      assertEquals(metadata, out(metadata));
      assertEquals("", out(extended(1, "d5:added6:\u00cb\0q\u0007\u001a\u00e1e")), "ut_pex");
      assertEquals("", in(metadata), "the client said nothing yet");
      out(extended(0, "d1:md11:ut_metadatai9eee"));
      assertEquals(extended(9, "x"), in(extended(9, "x")));
      assertEquals("", in(metadata), "of the other side is the number");
    }

    @Test
    void message_beyondTheBound_isRefused() throws WireViolation {
      assertEquals("", out(length(WireFilter.MAX_MESSAGE)));
      assertThrows(WireViolation.class, () -> in(length(WireFilter.MAX_MESSAGE + 1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE})
    void message_ofFourGigabytes_isRefused(int length) {
      assertThrows(WireViolation.class, () -> in(length(length)));
    }

    @Test
    void extensionHandshake_beyondTheBound_isRefusedBeforeItComes() throws WireViolation {
      out(extended(0, "x".repeat(ExtensionHandshake.MAX_BYTES)));
      assertThrows(
          WireViolation.class, () -> in(length(2 + ExtensionHandshake.MAX_BYTES + 1) + "\u0014\0"));
    }

    @Test
    void extendedMessage_withoutNumber_isRefused() {
      assertThrows(WireViolation.class, () -> in(message(20, "")));
    }
  }
}
