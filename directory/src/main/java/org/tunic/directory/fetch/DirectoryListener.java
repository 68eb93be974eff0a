package org.tunic.directory.fetch;

import org.tunic.directory.view.NetworkView;

/**
 * Hears of new directory information.
 *
 * <p>Threads: called on the fetcher's virtual thread, one call at a time.
 */
public interface DirectoryListener {
  /** There is a new view: another consensus, or microdescriptors that were missing. */
  void onView(NetworkView view);

  /** The documents changed; a directory cache serves from these. */
  default void onDocuments(DirectoryDocuments documents) {}
}
