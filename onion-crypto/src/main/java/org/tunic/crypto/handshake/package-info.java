/**
 * Circuit handshakes. One folder per handshake, client and relay side by side; here what they
 * share.
 *
 * <p>A handshake is typed steps: {@code begin} gives what to send and a pending object, {@code
 * finish} consumes both the reply and the object. Secrets die on every path. Handshakes cost 60 to
 * 150 µs and run on the router's small handshake pool, CREATE_FAST excepted.
 *
 * <p>Spec: tor-spec/create-created-cells
 *
 * <p>Threads: each object belongs to one thread at a time.
 */
@NullMarked
package org.tunic.crypto.handshake;

import org.jspecify.annotations.NullMarked;
