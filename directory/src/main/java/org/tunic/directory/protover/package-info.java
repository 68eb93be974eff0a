/**
 * Subprotocol versions: the {@code proto}, {@code pr} and recommended/required lists of the
 * directory.
 *
 * <p>Here live the parsed list, its canonical text and the authorities' threshold vote over such
 * lists, and the lists this release advertises and votes. What a version means on the wire does not
 * live here.
 *
 * <p>Spec: tor-spec/subprotocol-versioning, dir-spec/computing-consensus. Threads: immutable
 * values.
 */
@NullMarked
package org.tunic.directory.protover;

import org.jspecify.annotations.NullMarked;
