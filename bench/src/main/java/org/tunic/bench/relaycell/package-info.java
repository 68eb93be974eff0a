/**
 * What a relay cell costs in {@code crypto.relaycell}: JMH, one class for each cipher. The ratio to
 * the figures of the plain JCE calls is what counts, not the nanoseconds of one machine.
 *
 * <p>Spec: tor-spec/relay-cells. Threads: those of JMH, one state each.
 */
@NullMarked
package org.tunic.bench.relaycell;

import org.jspecify.annotations.NullMarked;
