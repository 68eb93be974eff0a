package org.tunic.router.stream.socks;

import java.net.InetAddress;
import org.tunic.crypto.bytes.Bytes;

/**
 * The words in which a protocol answers one request.
 *
 * <p>Threads: immutable.
 */
sealed interface EntryAnswers permits SocksAnswers, HttpAnswers {
  /** The stream is there; from now on its bytes follow. */
  Bytes connected();

  /** The answer to RESOLVE. */
  Bytes resolved(InetAddress address);

  /**
   * The answer to RESOLVE_PTR.
   *
   * @param name at most 255 characters of US-ASCII
   */
  Bytes resolvedName(String name);

  /** Nothing comes of it. */
  Bytes failed(EntryFailure why);
}
