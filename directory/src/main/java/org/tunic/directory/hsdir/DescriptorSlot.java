package org.tunic.directory.hsdir;

import java.time.Instant;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.TimePeriod;

/**
 * One of the descriptors that a service keeps up at a moment: for which period, and which shared
 * random value says where.
 *
 * <p>Spec: rend-spec/deriving-keys#WHERE-HSDESC
 *
 * <p>Threads: immutable.
 *
 * @param period gives the blinded key
 * @param sharedRandom 32 bytes; the disaster value if the authorities agreed on none
 * @param runStart when the shared-random run of that value began, from which revision counters
 *     count
 */
public record DescriptorSlot(TimePeriod period, Bytes sharedRandom, Instant runStart) {}
