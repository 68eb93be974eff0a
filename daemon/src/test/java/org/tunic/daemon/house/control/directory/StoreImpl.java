package org.tunic.daemon.house.control.directory;

/** Named after what it is not. */
final class StoreImpl {}
