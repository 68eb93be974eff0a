package org.tunic.daemon.house.control.directory;

/** Equal to nobody, and open to all who hold it. */
@SuppressWarnings("ArrayRecordComponent")
record RecordOfBytes(byte[] bytes) {}
