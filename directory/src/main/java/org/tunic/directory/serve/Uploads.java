package org.tunic.directory.serve;

import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.fetch.DirAnswer;

/**
 * Takes what is posted to a directory authority, and answers. The bodies come from anybody and were
 * not looked at; the transport has bounded their length.
 *
 * <p>Spec: dir-spec/general-use-http-urls. Threads: any, several at a time; may take long.
 */
public interface Uploads {
  /** Router descriptors and extra-info documents, one after the other: POST {@code /tor/}. */
  DirAnswer descriptors(Bytes body);

  /** Another authority's vote: POST {@code /tor/post/vote}. */
  DirAnswer vote(Bytes body);

  /** Signatures on the next consensus: POST {@code /tor/post/consensus-signature}. */
  DirAnswer signatures(Bytes body);
}
