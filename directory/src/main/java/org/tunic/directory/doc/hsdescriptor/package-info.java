/**
 * The descriptor of an onion service: an outer document that directories check and keep, a middle
 * layer that hides from them who may read the rest, an inner layer with the introduction points.
 *
 * <p>Trust by type: an {@link org.tunic.directory.doc.hsdescriptor.HsDescriptor} has good
 * signatures and times and is all a directory needs; only its {@code open} yields {@link
 * org.tunic.directory.doc.hsdescriptor.HsDescriptorContent}. Made by {@link
 * org.tunic.directory.doc.hsdescriptor.HsDescriptorWriter}. Where a descriptor belongs, {@code
 * directory.hsdir} says.
 *
 * <p>Spec: rend-spec/hsdesc-outer, rend-spec/hsdesc-encrypt
 *
 * <p>Threads: all values are immutable.
 */
@NullMarked
package org.tunic.directory.doc.hsdescriptor;

import org.jspecify.annotations.NullMarked;
