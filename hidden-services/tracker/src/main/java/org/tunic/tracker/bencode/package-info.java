/**
 * Bencoding, strict and bounded: {@link org.tunic.tracker.bencode.Bencode} reads, {@link
 * org.tunic.tracker.bencode.BencodeWriter} writes. What is read knows where it stood, so that the
 * bytes of an info dictionary can be kept as they came.
 *
 * <p>Not here: what torrents and answers mean.
 *
 * <p>Spec: BEP 3. Threads: any; nothing here has state that is shared.
 */
@NullMarked
package org.tunic.tracker.bencode;

import org.jspecify.annotations.NullMarked;
