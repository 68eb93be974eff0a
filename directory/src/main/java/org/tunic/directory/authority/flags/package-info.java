/**
 * Which relay gets which flag: what is remembered of a relay's reachability, thresholds over the
 * whole network, and the rules for each flag.
 *
 * <p>Pure functions over a snapshot of the known relays. Uploads and reachability tests are {@code
 * authority.descriptors}.
 *
 * <p>Spec: dir-spec/assigning-flags-vote. Threads: as each class says.
 */
@NullMarked
package org.tunic.directory.authority.flags;

import org.jspecify.annotations.NullMarked;
