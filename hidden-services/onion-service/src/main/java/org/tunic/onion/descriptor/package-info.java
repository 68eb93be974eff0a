/**
 * Descriptors of onion services on their way: which directories are responsible, fetching from them
 * and publishing to them. The documents themselves are {@code directory.doc.hsdescriptor}.
 *
 * <p>Spec: rend-spec/hsdesc. Threads: any; requests block, on virtual threads.
 */
@NullMarked
package org.tunic.onion.descriptor;

import org.jspecify.annotations.NullMarked;
