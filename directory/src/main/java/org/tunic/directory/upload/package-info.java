/**
 * Publishing a relay's own descriptor: when it is made anew, and bringing it to every authority.
 *
 * <p>What a descriptor says is in {@code doc.routerdescriptor}; what an authority does with it in
 * {@code authority}. Sockets are the transport's business.
 *
 * <p>Spec: dir-spec/uploading-relay-documents. Threads: one virtual thread for each authority.
 */
@NullMarked
package org.tunic.directory.upload;

import org.jspecify.annotations.NullMarked;
