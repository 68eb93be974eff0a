package org.tunic.router.stream.begindir;

import java.util.LinkedHashMap;
import org.tunic.crypto.bytes.Bytes;

/**
 * Remembers the compressed form of documents that were answered lately, so that a consensus is not
 * compressed anew for every client. A document is known by being the same object.
 *
 * <p>Threads: guarded by this.
 */
final class CodedBodies {
  /** Bytes of compressed bodies kept; the one unused for longest goes first. */
  static final int MAX_BYTES = 16 * 1024 * 1024;

  /** Bytes: shorter bodies are compressed when needed. */
  static final int MIN_BYTES = 16 * 1024;

  /**
   * Identity of the document, not its contents: comparing megabytes would cost more than it saves.
   */
  private record Key(Bytes body, ContentCoding coding) {
    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean equals(Object other) {
      return other instanceof Key that && body == that.body && coding == that.coding;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(body) * 31 + coding.hashCode();
    }
  }

  private final LinkedHashMap<Key, Bytes> coded = new LinkedHashMap<>(16, 0.75f, true);
  private int bytes;

  /** The body in this coding. */
  Bytes encode(Bytes body, ContentCoding coding) {
    if (coding == ContentCoding.IDENTITY || body.length() < MIN_BYTES) {
      return coding.encode(body);
    }
    Key key = new Key(body, coding);
    synchronized (this) {
      Bytes known = coded.get(key);
      if (known != null) {
        return known;
      }
    }
    Bytes made = coding.encode(body);
    keep(key, made);
    return made;
  }

  private synchronized void keep(Key key, Bytes made) {
    if (made.length() > MAX_BYTES / 4 || coded.putIfAbsent(key, made) != null) {
      return;
    }
    bytes += made.length();
    while (bytes > MAX_BYTES) {
      bytes -= coded.pollFirstEntry().getValue().length();
    }
  }

  /** Bytes kept. */
  synchronized int size() {
    return bytes;
  }
}
