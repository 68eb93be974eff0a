/**
 * Router descriptors: what a relay says about itself, signed with its keys and uploaded to the
 * authorities.
 *
 * <p>Reading checks every signature and cross-certificate; making one takes the relay's keys.
 * Whether an authority accepts a descriptor, beyond its being well-formed, is {@code authority}'s.
 *
 * <p>Spec: dir-spec/server-descriptor-format. Threads: immutable values.
 */
@NullMarked
package org.tunic.directory.doc.routerdescriptor;

import org.jspecify.annotations.NullMarked;
