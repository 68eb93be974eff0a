package org.tunic.tracker.bencode;

/**
 * Bytes are no bencoding, or not the one canonical form of it, or more than was allowed.
 *
 * <p>The message is fixed text, never bytes of the peer, and there is no stack trace: a peer
 * decides how often this is thrown.
 *
 * <p>Threads: immutable.
 */
public final class BencodeException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int offset;

  BencodeException(String fixedText, int offset) {
    super(fixedText, null, false, false);
    this.offset = offset;
  }

  /** Where the reader stood, bytes from the start. */
  public int offset() {
    return offset;
  }
}
