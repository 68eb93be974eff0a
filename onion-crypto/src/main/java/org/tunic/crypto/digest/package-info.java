/**
 * One-call digests over the JDK's implementations, which beat every other one measured.
 *
 * <p>Running digests of relay cells live in {@code crypto.relaycell}.
 *
 * <p>Spec: tor-spec/preliminaries#ciphers
 *
 * <p>Threads: any.
 */
@NullMarked
package org.tunic.crypto.digest;

import org.jspecify.annotations.NullMarked;
