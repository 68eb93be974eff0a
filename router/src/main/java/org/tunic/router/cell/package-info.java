/**
 * Cells and relay messages as bytes: channel cell codecs, the header of a relay cell, bodies of
 * relay messages, reasons and violations.
 *
 * <p>Pure functions and values. Control cells are sealed records with a codec each; RELAY cells
 * stay bytes under {@link org.tunic.router.cell.RelayHeader}. What does not live here: who may send
 * what when ({@code router.channel}, {@code router.circuit}) and cutting the byte stream into cells
 * ({@code router.link}).
 *
 * <p>Spec: tor-spec/cell-packet-format, tor-spec/relay-cells
 *
 * <p>Threads: values are immutable; a flyweight belongs to one event loop.
 */
@NullMarked
package org.tunic.router.cell;

import org.jspecify.annotations.NullMarked;
