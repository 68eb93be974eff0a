/**
 * What a directory authority does: it decides about relays, votes, computes the consensus with the
 * other authorities and serves the votes.
 *
 * <p>Rooms: {@code consensus} (votes to consensus), {@code flags} (which relay gets which flag),
 * {@code descriptors} (which uploads are accepted, key pinning, reachability), {@code voting}
 * (schedule and the conversation of a round), {@code keys} (authority keys). Formats are {@code
 * doc}'s, sockets are {@code router}'s.
 *
 * <p>Spec: dir-spec/directory-authority-operation-formats, dir-spec/computing-consensus. Threads:
 * as each class says.
 */
@NullMarked
package org.tunic.directory.authority;

import org.jspecify.annotations.NullMarked;
