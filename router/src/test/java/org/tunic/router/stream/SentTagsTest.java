package org.tunic.router.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.testing.SeededRandom;

class SentTagsTest {
  /** Only its tag matters. */
  private static final class Tagged implements HopSender {
    private byte[] tag = new byte[20];

    @Override
    public EventLoop loop() {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] body() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void send(int relayCommand, int streamId, int length) {}

    @Override
    public boolean congested() {
      return false;
    }

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public void flush() {}

    @Override
    public void copySentTag(byte[] into, int offset) {
      System.arraycopy(tag, 0, into, offset, 20);
    }

    @Override
    public void copyReceivedTag(byte[] into, int offset) {}
  }

  private record Sent(org.tunic.crypto.bytes.Bytes tag, long nanos) {}

  @RepeatedTest(20)
  void takes_comeInTheOrderOfAdds_howeverLargeItGrows(RepetitionInfo run) throws Exception {
    SeededRandom random = new SeededRandom(run.getCurrentRepetition());
    SentTags tags = new SentTags(random.nextInt(1, 5));
    Tagged sender = new Tagged();
    ArrayDeque<Sent> expected = new ArrayDeque<>();
    for (int i = 0; i < 2000; i++) {
      if (random.nextInt(100) < 55) {
        sender.tag = random.bytes(20);
        tags.add(sender, i);
        expected.add(new Sent(org.tunic.crypto.bytes.Bytes.copyOf(sender.tag), i));
      } else if (expected.isEmpty()) {
        assertThrows(CircuitViolation.class, () -> tags.take(1, new byte[20], 0));
      } else {
        Sent next = expected.remove();
        byte[] cell = new byte[23];
        next.tag().copyTo(cell, 3);
        int version = random.nextInt(2);
        assertEquals(next.nanos(), tags.take(version, cell, 3), random::toString);
      }
    }
  }

  @RepeatedTest(8)
  void take_anyBitWrong_isAViolation(RepetitionInfo run) {
    SeededRandom random = new SeededRandom(run.getCurrentRepetition());
    SentTags tags = new SentTags(2);
    Tagged sender = new Tagged();
    for (int bit = 0; bit < 160; bit++) {
      sender.tag = random.bytes(20);
      tags.add(sender, 0);
      byte[] wrong = sender.tag.clone();
      wrong[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(CircuitViolation.class, () -> tags.take(1, wrong, 0));
    }
  }
}
