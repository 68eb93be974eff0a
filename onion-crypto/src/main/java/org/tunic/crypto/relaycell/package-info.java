/**
 * Relay-cell cryptography. One folder per construction: {@code tor1} now, {@code cgo} later.
 *
 * <p>A layer is one hop's share of a circuit: 509-byte relay-cell bodies go from scratch array A to
 * scratch array B. What is in the bodies, and who sends them when, is the router's business.
 *
 * <p>Spec: tor-spec/routing-relay-cells
 *
 * <p>Threads: the forward and the backward half of a layer share nothing mutable.
 */
@NullMarked
package org.tunic.crypto.relaycell;

import org.jspecify.annotations.NullMarked;
