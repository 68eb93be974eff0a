/**
 * The shared-random protocol of the authorities: they commit to random numbers in twelve rounds,
 * reveal them in the next twelve, and derive a value from them that nobody could choose.
 *
 * <p>Here live the state of a run and its file. The lines in votes are {@code doc.vote}'s, the
 * choice of the value that gets into a consensus is {@code authority.consensus}'s.
 *
 * <p>Spec: srv-spec. Threads: as each class says.
 */
@NullMarked
package org.tunic.directory.authority.sharedrandom;

import org.jspecify.annotations.NullMarked;
