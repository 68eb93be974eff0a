package org.tunic.ledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.WireWriter;
import org.tunic.testing.SeededRandom;

class MessageFramerTest {
  private static final int MAGIC = 0xdab5_bffa;

  @RepeatedTest(10)
  void take_anySplit_givesTheSameMessages(RepetitionInfo round) throws Exception {
    SeededRandom random = new SeededRandom(round.getCurrentRepetition());
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    List<Message> all = Messages.all();
    for (Message message : all) {
      stream.writeBytes(MessageFramer.frame(MAGIC, message));
    }
    byte[] bytes = stream.toByteArray();
    MessageFramer framer = new MessageFramer(MAGIC);
    List<Message> read = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int count = Math.min(bytes.length - at, 1 + random.nextInt(1 << random.nextInt(12)));
      read.addAll(framer.take(bytes, at, count));
      at += count;
    }
    assertEquals(all, read, random::toString);
  }

  @Test
  void take_wrongFrame_isRefused() {
    byte[] good = MessageFramer.frame(MAGIC, new Heartbeat(true, 7));
    for (int at : new int[] {0, 3, 7, 12, 20, 23, 24, 31}) {
      byte[] bad = good.clone();
      bad[at] ^= 0x40;
      if (at == 7) {
        bad[at] = 1; // a name that cannot be printed
      }
      assertThrows(
          MalformedException.class,
          () -> new MessageFramer(MAGIC).take(bad, 0, bad.length),
          "byte " + at);
    }
  }

  /** Nothing is waited for, nor any memory taken, when the header announces too much. */
  @Test
  void take_tooLargeAnnouncement_isRefusedByTheHeaderAlone() {
    byte[] header =
        new WireWriter()
            .u32(MAGIC)
            .bytes(new byte[] {'b', 'l', 'o', 'c', 'k', 0, 0, 0, 0, 0, 0, 0})
            .u32(MessageFramer.MAX_PAYLOAD_BYTES + 1)
            .u32(0)
            .toArray();
    assertThrows(
        MalformedException.class, () -> new MessageFramer(MAGIC).take(header, 0, header.length));
  }

  @Test
  void take_largestAnnouncement_keepsOnlyWhatCame() throws Exception {
    byte[] header =
        new WireWriter()
            .u32(MAGIC)
            .bytes(new byte[] {'b', 'l', 'o', 'c', 'k', 0, 0, 0, 0, 0, 0, 0})
            .u32(MessageFramer.MAX_PAYLOAD_BYTES)
            .u32(0)
            .toArray();
    MessageFramer framer = new MessageFramer(MAGIC);
    assertTrue(framer.take(header, 0, header.length).isEmpty());
    assertTrue(framer.keptBytes() <= 4096, "keeps " + framer.keptBytes());
  }
}
