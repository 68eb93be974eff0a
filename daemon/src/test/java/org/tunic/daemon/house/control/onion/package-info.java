/** A room of the controls, see {@link org.tunic.daemon.house}. Threads: none. */
@NullMarked
package org.tunic.daemon.house.control.onion;

import org.jspecify.annotations.NullMarked;
