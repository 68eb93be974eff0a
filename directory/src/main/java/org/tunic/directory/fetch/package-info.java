/**
 * Which directory documents are missing, from whom to get them, and when: the bootstrap of a client
 * and the refreshing of a directory cache.
 *
 * <p>No sockets: requests go out through {@link org.tunic.directory.fetch.DirectoryTransport},
 * which {@code router} implements over BEGIN_DIR streams and directory ports. What comes back is
 * believed only when its digest or its signatures say so. Documents on disk are {@code
 * directory.store}, what we serve to others is {@code directory.serve}.
 *
 * <p>Spec: dir-spec/client-operation, dir-spec/directory-cache-operation. Threads: one virtual
 * thread for each fetcher; the views it publishes are immutable.
 */
@NullMarked
package org.tunic.directory.fetch;

import org.jspecify.annotations.NullMarked;
