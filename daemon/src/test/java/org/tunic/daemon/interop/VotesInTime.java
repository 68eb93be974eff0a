package org.tunic.daemon.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A suite whose authorities must vote in time, or that keeps a machine so busy that others would
 * vote late; no two of them run at the same time.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ResourceLock("org.tunic.daemon.interop.VotesInTime")
@interface VotesInTime {}
