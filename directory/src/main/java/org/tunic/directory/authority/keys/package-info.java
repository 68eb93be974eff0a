/**
 * The keys of an authority: the long-term identity key and the signing key it certifies.
 *
 * <p>Here live making them and their certificate, as tor-gencert does. Files, modes and passphrases
 * are {@code daemon.keystore}'s.
 *
 * <p>Spec: dir-spec/creating-key-certificates. Threads: immutable values.
 */
@NullMarked
package org.tunic.directory.authority.keys;

import org.jspecify.annotations.NullMarked;
