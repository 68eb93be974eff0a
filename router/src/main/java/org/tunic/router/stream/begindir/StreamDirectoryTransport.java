package org.tunic.router.stream.begindir;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirFetchException.Reason;
import org.tunic.directory.fetch.DirHeaders;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.fetch.DirServer;
import org.tunic.directory.fetch.DirectoryTransport;
import org.tunic.directory.policy.IpLiteral;

/**
 * Exchanges directory requests over any channel to a directory server: a BEGIN_DIR stream, or a TCP
 * connection to its directory port.
 *
 * <p>One request a channel, HTTP/1.0, closed behind the answer. The answer is bounded on the wire
 * and again when it is decompressed, which happens on the caller's thread.
 *
 * <p>Spec: dir-spec/outline. Threads: any; {@link #exchange} blocks and is meant for virtual
 * threads.
 */
public final class StreamDirectoryTransport implements DirectoryTransport {
  /** Bytes of a status line. */
  private static final int MAX_STATUS_LINE_BYTES = 4 * 1024;

  /** Bytes of all header lines. */
  private static final int MAX_HEADER_BYTES = 16 * 1024;

  private static final int MAX_CHUNK_BYTES = 16 * 1024;

  private final Function<DirServer, ? extends CompletableFuture<? extends Channel>> opener;
  private final DirClientLimits limits;

  /**
   * @param opener opens a channel to the server, with reading off and no handler that reads. It may
   *     fail with a {@link DirFetchException}, which is passed on; other failures count as
   *     UNREACHABLE. A channel that comes after the time limit is closed
   */
  public StreamDirectoryTransport(
      Function<DirServer, ? extends CompletableFuture<? extends Channel>> opener,
      DirClientLimits limits) {
    this.opener = opener;
    this.limits = limits;
  }

  @Override
  public DirAnswer exchange(DirServer target, DirRequest request)
      throws DirFetchException, InterruptedException {
    Channel channel = open(target);
    try {
      DirClientHandler exchange = new DirClientHandler(request, host(target), limits.stall());
      // On the loop: a stream that closes between two steps of adding from elsewhere would drop the
      // handler without a word, and the exchange would wait for its total time.
      channel.eventLoop().execute(() -> channel.pipeline().addLast(codec(), exchange));
      DirClientHandler.Raw raw = await(exchange.result(), limits.total());
      return answer(raw, request.maxResponseBytes());
    } finally {
      channel.close();
    }
  }

  private Channel open(DirServer target) throws DirFetchException, InterruptedException {
    CompletableFuture<? extends Channel> opening = opener.apply(target);
    boolean opened = false;
    try {
      Channel channel = await(opening, limits.connect());
      opened = true;
      return channel;
    } finally {
      if (!opened) {
        opening.thenAccept(Channel::close);
      }
    }
  }

  private static <T> T await(CompletableFuture<? extends T> future, Duration limit)
      throws DirFetchException, InterruptedException {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new DirFetchException(Reason.TIMEOUT, e);
    } catch (ExecutionException e) {
      @Nullable Throwable cause = e.getCause();
      throw cause instanceof DirFetchException known
          ? new DirFetchException(known.reason(), known)
          : new DirFetchException(Reason.UNREACHABLE, cause);
    }
  }

  private static String host(DirServer target) {
    InetSocketAddress address = target.dirPort().orElseGet(() -> target.orPorts().getFirst());
    return IpLiteral.formatBracketed(address.getAddress());
  }

  /** Takes an answer apart. */
  static HttpClientCodec codec() {
    return new HttpClientCodec(MAX_STATUS_LINE_BYTES, MAX_HEADER_BYTES, MAX_CHUNK_BYTES, false);
  }

  static DirAnswer answer(DirClientHandler.Raw raw, int maxBytes) throws DirFetchException {
    HttpResponse head = raw.head;
    HttpHeaders fields = head.headers();
    DirHeaders headers = DirHeaders.NONE;
    for (Map.Entry<String, String> field : fields.entries()) {
      headers = headers.with(field.getKey(), field.getValue());
    }
    ContentCoding coding = ContentCoding.named(fields.get("Content-Encoding"));
    return new DirAnswer(
        head.status().code(),
        head.status().reasonPhrase(),
        headers,
        coding.decode(raw.body, maxBytes));
  }
}
