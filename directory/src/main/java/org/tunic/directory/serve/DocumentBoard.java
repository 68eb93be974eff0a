package org.tunic.directory.serve;

import java.util.function.UnaryOperator;

/**
 * Where the documents to be served are pinned up. A reader takes the snapshot once per request;
 * several writers each replace their own part of it.
 *
 * <p>Threads: any; changes are guarded by this.
 */
public final class DocumentBoard {
  private volatile ServedDocuments documents = ServedDocuments.NONE;

  /** The documents of this moment. */
  public ServedDocuments documents() {
    return documents;
  }

  /**
   * Replaces the documents.
   *
   * @param change from the present ones to the next; called once, and quick
   */
  public synchronized void change(UnaryOperator<ServedDocuments> change) {
    documents = change.apply(documents);
  }
}
