/**
 * Addresses of this host that stand in for peers without an address: {@link
 * org.tunic.gateway.standin.StandIns} says which is whose, and for how long.
 *
 * <p>Not here: listening at them.
 *
 * <p>Threads: any.
 */
@NullMarked
package org.tunic.gateway.standin;

import org.jspecify.annotations.NullMarked;
