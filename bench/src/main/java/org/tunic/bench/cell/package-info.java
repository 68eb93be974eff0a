/**
 * What cutting a socket's bytes into cells costs in {@code router.link}: JMH.
 *
 * <p>Spec: tor-spec/cell-packet-format. Threads: those of JMH, one state each.
 */
@NullMarked
package org.tunic.bench.cell;

import org.jspecify.annotations.NullMarked;
