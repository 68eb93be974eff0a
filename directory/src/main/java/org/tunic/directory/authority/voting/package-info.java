/**
 * Voting: when, with whom, and what is kept on the way from votes to a published consensus.
 *
 * <p>Here live the schedule, the votes and signatures received so far, and the conversation of a
 * round on its virtual thread. How votes become a consensus is {@code authority.consensus};
 * requests travel by {@code fetch.DirectoryTransport}.
 *
 * <p>Spec: dir-spec/directory-authority-operation-formats, dir-spec/exchanging-votes. Threads: as
 * each class says.
 */
@NullMarked
package org.tunic.directory.authority.voting;

import org.jspecify.annotations.NullMarked;
