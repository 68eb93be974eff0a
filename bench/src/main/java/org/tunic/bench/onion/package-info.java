/**
 * Onion services: what an introduction costs its service before it decides to answer.
 *
 * <p>Threads: one state per thread of JMH.
 */
@NullMarked
package org.tunic.bench.onion;

import org.jspecify.annotations.NullMarked;
