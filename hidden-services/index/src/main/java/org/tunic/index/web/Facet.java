package org.tunic.index.web;

/**
 * A part of what was found, or a way to sort it, or a number with a name.
 *
 * <p>Threads: immutable.
 *
 * @param label its name
 * @param count as text
 * @param link to a page; empty for none
 * @param chosen whether it is shown now
 */
public record Facet(String label, String count, String link, boolean chosen) {}
