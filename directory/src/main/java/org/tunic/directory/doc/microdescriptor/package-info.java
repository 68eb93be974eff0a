/**
 * Microdescriptors: the part of a relay's descriptor that clients need, made by the authorities and
 * named by its SHA-256 digest in the consensus.
 *
 * <p>Making one from a router descriptor is {@code directory.authority}'s.
 *
 * <p>Spec: dir-spec/computing-microdescriptors. Threads: immutable values.
 */
@NullMarked
package org.tunic.directory.doc.microdescriptor;

import org.jspecify.annotations.NullMarked;
