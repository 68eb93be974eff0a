/**
 * Keys, names and times of onion services, version 3: the onion address, blinded keys and
 * subcredentials of a time period, where descriptors are stored, client authorisation, revision
 * counters.
 *
 * <p>Start reading at {@link org.tunic.crypto.hs.HsId}, then {@link
 * org.tunic.crypto.hs.HsSchedule}. The handshake with a service lives in {@code
 * crypto.handshake.hsntor}, proof of work in {@code crypto.pow}, descriptors in {@code
 * directory.doc.hsdescriptor}. An onion address identifies a service: nothing here prints one
 * unless asked by name ({@code unredacted}).
 *
 * <p>Spec: rend-spec/protocol-overview, rend-spec/deriving-keys
 *
 * <p>Threads: values are immutable; keys belong to their owner.
 */
@NullMarked
package org.tunic.crypto.hs;

import org.jspecify.annotations.NullMarked;
