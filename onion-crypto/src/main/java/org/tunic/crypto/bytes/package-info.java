/**
 * Byte strings and their text forms: immutable values, readers and writers of big-endian fields,
 * hexadecimal, base64 as Tor writes it, base32.
 *
 * <p>Start reading here. What does not live here: secrets (see {@code crypto.secret}; a {@link
 * org.tunic.crypto.bytes.Bytes} is never wiped) and any format of the Tor protocol.
 *
 * <p>Spec: tor-spec/preliminaries#notation-encoding
 *
 * <p>Threads: values are immutable, readers and writers belong to one thread.
 */
@NullMarked
package org.tunic.crypto.bytes;

import org.jspecify.annotations.NullMarked;
