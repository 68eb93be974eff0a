/**
 * Trackers for members only: who may announce, until when, and what they moved. The passkey is part
 * of the path of a request, and everything else a client sends stays what it is.
 *
 * <p>Begin with {@link org.tunic.tracker.account.Accounts}. Not here: how an account comes about;
 * that is the business of whoever writes the list.
 *
 * <p>Threads: any.
 */
@NullMarked
package org.tunic.tracker.account;

import org.jspecify.annotations.NullMarked;
