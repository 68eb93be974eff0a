package org.tunic.router.stream.begindir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirHeaders;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.testing.ParserFuzz;
import org.tunic.testing.SeededRandom;

/**
 * A directory answer in HTTP: it becomes an answer or a failure, never neither, and however it is
 * cut the same.
 */
class DirClientFuzz extends ParserFuzz {
  private static final int MAX_BYTES = 100_000;
  private static final DirRequest REQUEST =
      new DirRequest(
          DirRequest.Method.GET, "/tor/keys/all", DirHeaders.NONE, Bytes.EMPTY, MAX_BYTES);

  DirClientFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    assertEquals(
        outcome(input, Math.max(1, input.length)),
        outcome(input, 1 + new SeededRandom(Arrays.hashCode(input)).nextInt(50)));
  }

  private static String outcome(byte[] input, int piece) {
    DirClientHandler exchange = new DirClientHandler(REQUEST, "127.0.0.1", Duration.ofSeconds(30));
    EmbeddedChannel server = new EmbeddedChannel(StreamDirectoryTransport.codec(), exchange);
    server.freezeTime();
    for (int at = 0; at < input.length && server.isOpen(); at += piece) {
      server.writeInbound(Unpooled.copiedBuffer(input, at, Math.min(input.length - at, piece)));
      server.runPendingTasks();
    }
    server.finishAndReleaseAll();
    assertTrue(exchange.result().isDone());
    try {
      DirAnswer answer = StreamDirectoryTransport.answer(exchange.result().join(), MAX_BYTES);
      return answer.status() + " " + answer.body().hex();
    } catch (DirFetchException e) {
      return "failed";
    } catch (CompletionException e) {
      assertTrue(e.getCause() instanceof DirFetchException, e.toString());
      return "failed";
    }
  }
}
