/**
 * The tracker: what an announce costs, and what a peer takes.
 *
 * <p>Threads: one state per thread of JMH.
 */
@NullMarked
package org.tunic.bench.tracker;

import org.jspecify.annotations.NullMarked;
