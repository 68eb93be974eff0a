package org.tunic.router.stream.begindir;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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
  private final Set<Key> beingMade = new HashSet<>();
  private int bytes;

  /**
   * A body and how it is coded.
   *
   * @param bytes as they are sent
   */
  record Coded(Bytes bytes, ContentCoding coding) {}

  /**
   * The body in the best coding that can be had now. LZMA takes seconds for a large document: the
   * first who may have it starts its making and gets the next best, as in C tor, which compresses a
   * consensus when it arrives.
   *
   * @param usable best first, not empty
   * @param slow makes what is not waited for
   */
  Coded best(Bytes body, List<ContentCoding> usable, Executor slow) {
    ContentCoding first = usable.getFirst();
    if (first != ContentCoding.LZMA || body.length() < MIN_BYTES || usable.size() == 1) {
      return new Coded(encode(body, first), first);
    }
    Key key = new Key(body, first);
    synchronized (this) {
      Bytes known = coded.get(key);
      if (known != null) {
        return new Coded(known, first);
      }
      if (beingMade.add(key)) {
        try {
          slow.execute(() -> make(key));
        } catch (RejectedExecutionException e) {
          beingMade.remove(key); // too busy now; the next one asks again
        }
      }
    }
    ContentCoding next = usable.get(1);
    return new Coded(encode(body, next), next);
  }

  private void make(Key key) {
    try {
      encode(key.body, key.coding);
    } finally {
      synchronized (this) {
        beingMade.remove(key);
      }
    }
  }

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
