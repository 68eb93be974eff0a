/**
 * What a relay says of its own traffic: how much it carried on each of the last days, in its
 * extra-info document and in the state file, and the most it carried at once, in its descriptor.
 *
 * <p>What does not live here: the counting itself ({@code router.limits}), the documents ({@code
 * directory.doc}), metrics for the operator ({@code daemon.metrics}).
 *
 * <p>Spec: dir-spec/extra-info-document-format.
 *
 * <p>Threads: guarded by the histories.
 */
@NullMarked
package org.tunic.daemon.statistics;

import org.jspecify.annotations.NullMarked;
