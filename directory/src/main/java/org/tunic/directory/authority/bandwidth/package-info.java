/**
 * What others measured, for an authority to vote on: bandwidth files (V3BandwidthsFile) and
 * guard-fraction files.
 *
 * <p>Here lives reading the files as C tor reads them, and remembering measurements while a newer
 * file is late. Where the numbers go in a vote is {@code authority.voting}, what they mean for
 * flags {@code authority.flags}. Measuring itself is the work of another program.
 *
 * <p>Spec: bandwidth-file-spec, dir-spec/consensus-formats. Threads: guarded by the authority's
 * state.
 */
@NullMarked
package org.tunic.directory.authority.bandwidth;

import org.jspecify.annotations.NullMarked;
