/**
 * Where a relay is and who it is, as circuits and onion services name it: link specifiers, and
 * numeric addresses with a port.
 *
 * <p>Names are never resolved here. Who may be extended to is decided in {@code router}.
 *
 * <p>Spec: tor-spec/create-created-cells, section on EXTEND2. Threads: immutable values.
 */
@NullMarked
package org.tunic.directory.linkspec;

import org.jspecify.annotations.NullMarked;
