/**
 * Authority key certificates: an authority's long-term identity key vouches for the key that signs
 * its votes and consensuses this year.
 *
 * <p>Spec: dir-spec/creating-key-certificates. Threads: immutable values.
 */
@NullMarked
package org.tunic.directory.doc.keycertificate;

import org.jspecify.annotations.NullMarked;
