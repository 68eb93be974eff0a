/**
 * What clients ask, from the text of the request line: {@link
 * org.tunic.tracker.request.AnnounceRequest} and {@link org.tunic.tracker.request.ScrapeRequest};
 * and which address of a peer may be handed out ({@link org.tunic.tracker.request.AddressRules}).
 *
 * <p>Not here: HTTP around it, and what becomes of it.
 *
 * <p>Spec: BEP 3, BEP 7, BEP 21, BEP 23, BEP 48. Threads: any; nothing here has state.
 */
@NullMarked
package org.tunic.tracker.request;

import org.jspecify.annotations.NullMarked;
