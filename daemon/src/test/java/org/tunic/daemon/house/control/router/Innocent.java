package org.tunic.daemon.house.control.router;

/** Breaks nothing. */
public final class Innocent {}
