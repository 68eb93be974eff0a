/**
 * Proof of work of onion services: challenges a client can try, solutions a service can check, keys
 * a search for an address can try.
 *
 * <p>Threads: one state per thread of JMH.
 */
@NullMarked
package org.tunic.bench.pow;

import org.jspecify.annotations.NullMarked;
