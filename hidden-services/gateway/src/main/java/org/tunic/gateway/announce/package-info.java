/**
 * What a tracker is told in the client's place ({@link
 * org.tunic.gateway.announce.OutgoingAnnounce}), and what the client is told of the answer ({@link
 * org.tunic.gateway.announce.TrackerAnswer}, {@link org.tunic.gateway.announce.ScrapeAnswer}). Both
 * are made anew from what is known to be harmless; nothing is passed on because nobody thought of
 * it.
 *
 * <p>Not here: HTTP, and who may ask.
 *
 * <p>Spec: BEP 3, BEP 23, BEP 31, BEP 48. Threads: any; nothing here has state.
 */
@NullMarked
package org.tunic.gateway.announce;

import org.jspecify.annotations.NullMarked;
