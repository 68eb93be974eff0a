package org.tunic.daemon.house.control.services.bare;

/** Lives in a room without a package-info. */
final class Unmarked {}
