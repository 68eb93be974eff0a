package org.tunic.router.channel;

import java.security.MessageDigest;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;

/**
 * Running SHA-256 over what each side sent: CLOG and SLOG.
 *
 * <p>Whole cells as they stand on the wire, VERSIONS with its two-byte circuit id. Each log is read
 * once, at the point that AUTHENTICATE defines; what is added later does not matter.
 *
 * <p>Spec: tor-spec/negotiating-channels#AUTHENTICATE-cells
 *
 * <p>Threads: event loop of the socket.
 */
final class Transcript {
  private final MessageDigest sent = Sha.newSha256();
  private final MessageDigest received = Sha.newSha256();

  void addSent(byte[] cell) {
    sent.update(cell);
  }

  void addReceived(byte[] cell) {
    received.update(cell);
  }

  /** Digest of all that was sent up to now. */
  Bytes sent() {
    return soFar(sent);
  }

  /** Digest of all that was received up to now. */
  Bytes received() {
    return soFar(received);
  }

  private static Bytes soFar(MessageDigest running) {
    try {
      return Bytes.copyOf(((MessageDigest) running.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
    }
  }
}
