package org.tunic.router.stream.begindir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.directory.fetch.DirRequest;

final class DirClientHandlerTest {
  private static final long NOTHING = -1;

  /** Its stall check would hold the answer for minutes, a megabyte each. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", // an answer
        "HTTP/1.0 200 OK\r\nContent-Length: nonsense", // none
      })
  void exchange_thatIsOver_leavesNothingOnTheLoop(String said) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    DirClientHandler exchange =
        new DirClientHandler(DirRequest.get("/tor/x", 1000), "host", Duration.ofMinutes(5));
    channel.pipeline().addLast(StreamDirectoryTransport.codec(), exchange);
    assertTrue(channel.runScheduledPendingTasks() > 0, "it watches for a stall");

    channel.writeInbound(Unpooled.copiedBuffer(said, StandardCharsets.US_ASCII));
    if (!exchange.result().isDone()) {
      channel.pipeline().fireChannelInactive();
    }
    assertTrue(exchange.result().isDone());
    assertEquals(NOTHING, channel.runScheduledPendingTasks());
    channel.finishAndReleaseAll();
  }
}
