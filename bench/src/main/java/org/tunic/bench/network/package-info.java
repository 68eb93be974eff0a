/**
 * What grows with the network: loading its documents and choosing paths through it, on networks
 * made up by {@link org.tunic.directory.SyntheticNetwork}. {@code NetworkBench} is the plain tool
 * behind {@code bench/network}; the JMH classes look at one step each.
 *
 * <p>Threads: that of the measurement.
 */
@NullMarked
package org.tunic.bench.network;

import org.jspecify.annotations.NullMarked;
