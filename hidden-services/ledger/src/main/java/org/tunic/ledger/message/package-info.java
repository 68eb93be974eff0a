/**
 * What peers say to each other: one record for each message, and the frame around it.
 *
 * <p>Begin with {@link org.tunic.ledger.message.Message}; {@link
 * org.tunic.ledger.message.MessageFramer} cuts a stream into messages. Pure functions: when a
 * message may be said, and what follows from it, is not known here.
 *
 * <p>Spec: Bitcoin's developer reference (“P2P Network”), BIP 130, 133, 144, 152, 155, 339
 *
 * <p>Threads: values are immutable; a framer belongs to one connection.
 */
@NullMarked
package org.tunic.ledger.message;

import org.jspecify.annotations.NullMarked;
