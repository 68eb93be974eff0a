/**
 * What keeps a peer from using up this node: bounds, accounts and the defences that act on them.
 *
 * <p>Pure decisions on numbers and a given clock. What does not live here: the channels and
 * circuits that ask ({@code router.channel}, {@code router.circuit}) and the torrc options and
 * consensus parameters that the bounds come from ({@code daemon}).
 *
 * <p>Spec: dos-spec
 *
 * <p>Threads: each class says; nothing here runs per cell.
 */
@NullMarked
package org.tunic.router.limits;

import org.jspecify.annotations.NullMarked;
