/**
 * The paths of circuits for onion services, on both sides, and the relays in them that are kept for
 * days. What travels on these circuits is {@code org.tunic.onion}'s business.
 *
 * <p>Spec: vanguards-spec, path-spec/hidden-service-related-circuits. Threads: any; building
 * blocks, on virtual threads.
 */
@NullMarked
package org.tunic.router.circuit.service;

import org.jspecify.annotations.NullMarked;
