package org.tunic.index.metainfo;

/**
 * Bytes are no torrent that is taken here. The message is fixed text for the one who sent it, and
 * there is no stack trace: anybody decides how often this is thrown.
 *
 * <p>Threads: immutable.
 */
public final class MetainfoException extends Exception {
  private static final long serialVersionUID = 1L;

  MetainfoException(String fixedText) {
    super(fixedText, null, false, false);
  }
}
