package org.tunic.router.stream.begindir;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.router.limits.TrafficCounters;
import org.tunic.testing.ParserFuzz;
import org.tunic.testing.SeededRandom;

/** A directory request in HTTP: however it is cut, the same is asked of the directory. */
class DirServerFuzz extends ParserFuzz {
  private static final DirServerLimits LIMITS =
      new DirServerLimits(1000, 2500, 3, Duration.ofSeconds(30), Duration.ofMinutes(5));
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-22T22:00:00Z"));

  DirServerFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    assertEquals(
        asked(input, Math.max(1, input.length)),
        asked(input, 1 + new SeededRandom(Arrays.hashCode(input)).nextInt(50)));
  }

  /** Method, target and body of each request. */
  private static List<String> asked(byte[] input, int piece) {
    List<String> asked = new ArrayList<>();
    DirectoryServer server =
        new DirectoryServer(
            (DirRequest request, boolean _) -> {
              asked.add(request.method() + " " + request.path() + " " + request.body().hex());
              return DirAnswer.ok(Bytes.copyOf(new byte[3]));
            },
            Runnable::run,
            LIMITS,
            () -> Long.MAX_VALUE,
            CLOCK,
            new TrafficCounters(),
            DirectoryServer.Bandwidth.UNLIMITED);
    EmbeddedChannel client = new EmbeddedChannel();
    client.freezeTime();
    client.config().setAutoRead(false);
    server.serve(client, Optional.empty());
    for (int at = 0; at < input.length && client.isOpen(); at += piece) {
      client.writeInbound(Unpooled.copiedBuffer(input, at, Math.min(input.length - at, piece)));
      client.runPendingTasks();
    }
    client.finishAndReleaseAll();
    return asked;
  }
}
