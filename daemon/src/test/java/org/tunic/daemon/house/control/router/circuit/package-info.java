/** A room of the controls, see {@link org.tunic.daemon.house}. Threads: none. */
@NullMarked
package org.tunic.daemon.house.control.router.circuit;

import org.jspecify.annotations.NullMarked;
