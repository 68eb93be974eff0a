/**
 * From votes to a consensus: pure functions that must give every authority the same bytes.
 *
 * <p>Whatever looks arbitrary here (which of two equals wins, what is rounded down) is as C tor
 * does it, because signatures over different bytes do not add up. Votes are read by {@code
 * doc.vote}; who may vote and when is {@code authority.voting}.
 *
 * <p>Spec: dir-spec/computing-consensus, consensus methods 32 to 35. Threads: pure functions on
 * immutable values.
 */
@NullMarked
package org.tunic.directory.authority.consensus;

import org.jspecify.annotations.NullMarked;
