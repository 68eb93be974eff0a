/**
 * The network as one immutable snapshot: the relays of a verified consensus that we hold a
 * microdescriptor of, the consensus parameters, the bandwidth weights, and whether it is enough to
 * build circuits.
 *
 * <p>A view is taken once per decision and never changes. Who publishes it is {@code
 * directory.fetch}; choosing relays from it is {@code router.path}.
 *
 * <p>Spec: path-spec, dir-spec/consensus-formats. Threads: immutable values.
 */
@NullMarked
package org.tunic.directory.view;

import org.jspecify.annotations.NullMarked;
