/**
 * The directory cache on disk, in C tor's files and formats, so that either program starts from
 * what the other left.
 *
 * <p>Files are replaced atomically and readable by the owner only. What is read is believed no more
 * than what comes over the network: signatures and digests are checked again by {@code
 * directory.fetch}. A damaged file costs a new download, nothing else.
 *
 * <p>Spec: tor(1), FILES. Threads: one writer at a time; the fetcher's virtual thread.
 */
@NullMarked
package org.tunic.directory.store;

import org.jspecify.annotations.NullMarked;
