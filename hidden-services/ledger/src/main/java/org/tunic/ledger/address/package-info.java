/**
 * How people write scripts and keys: base58 with a checksum, bech32 and bech32m.
 *
 * <p>Begin with {@link org.tunic.ledger.address.AddressFormat}, which knows one chain's prefixes.
 *
 * <p>Spec: BIP 173, BIP 350
 *
 * <p>Threads: any.
 */
@NullMarked
package org.tunic.ledger.address;

import org.jspecify.annotations.NullMarked;
