package org.tunic.router.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.List;
import org.tunic.testing.ParserFuzz;
import org.tunic.testing.SeededRandom;

/** The bytes of a link: however they are cut, the same cells come out, or the same violation. */
class CellFramerFuzz extends ParserFuzz {
  CellFramerFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    assertEquals(
        cells(input, Math.max(1, input.length), new SeededRandom(0)),
        cells(input, 700, new SeededRandom(Arrays.hashCode(input))));
  }

  private static List<Object> cells(byte[] input, int most, SeededRandom random) {
    CellFramerPropertyTest.Recorder recorder = new CellFramerPropertyTest.Recorder();
    recorder.openAfter = 4;
    EmbeddedChannel socket = new EmbeddedChannel(recorder.framer);
    for (int at = 0; at < input.length; ) {
      int length =
          most >= input.length
              ? input.length
              : Math.min(input.length - at, 1 + random.nextInt(most));
      socket.writeInbound(Unpooled.copiedBuffer(input, at, length));
      at += length;
    }
    socket.finishAndReleaseAll();
    return List.of(recorder.cells, recorder.violations.size(), recorder.closed);
  }
}
