/**
 * Extra-info documents: statistics of a relay, signed like its descriptor, which names them by
 * digest.
 *
 * <p>What statistics there are is not interpreted here.
 *
 * <p>Spec: dir-spec/extra-info-document-format. Threads: immutable values.
 */
@NullMarked
package org.tunic.directory.doc.extrainfo;

import org.jspecify.annotations.NullMarked;
