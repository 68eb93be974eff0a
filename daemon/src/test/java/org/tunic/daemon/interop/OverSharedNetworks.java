package org.tunic.daemon.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A suite that asks for {@link SharedNetworks}; no two of them run at the same time. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SharedNetworks.Extension.class)
@ResourceLock("org.tunic.daemon.interop.SharedNetworks")
@interface OverSharedNetworks {}
