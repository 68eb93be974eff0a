/**
 * Secret byte strings with an owner and an end, and comparisons whose time says nothing.
 *
 * <p>Wiping is defence in depth: the collector may have moved copies, and library objects (ciphers,
 * big integers) keep theirs. Keep lifetimes short and claim no more. Key types live in {@code
 * crypto.key}.
 *
 * <p>Threads: a {@link org.tunic.crypto.secret.SecretBytes} belongs to one owner at a time.
 */
@NullMarked
package org.tunic.crypto.secret;

import org.jspecify.annotations.NullMarked;
