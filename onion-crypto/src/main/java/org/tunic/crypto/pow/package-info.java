/**
 * Proof of work for introductions, version 1: HashX programs, the Equi-X puzzle over them, the
 * challenge of an onion service and the effort that a solution proves.
 *
 * <p>When to ask for effort and which introduction to answer first is the service's business and
 * does not live here.
 *
 * <p>Spec: hspow-spec/v1-equix
 *
 * <p>Threads: values are immutable; solvers own megabytes of memory and belong to one thread each.
 */
@NullMarked
package org.tunic.crypto.pow;

import org.jspecify.annotations.NullMarked;
