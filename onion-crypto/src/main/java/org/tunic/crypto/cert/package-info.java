/**
 * Certificates: Ed25519 ones of every type, the RSA to Ed25519 cross-certificate, the X.509 ones of
 * links, and the judgement of the set in a CERTS cell.
 *
 * <p>What does not live here: the authorities' key certificates, which are documents ({@code
 * directory.doc.keycertificate}), and the cell around the set ({@code router.cell}).
 *
 * <p>Spec: cert-spec, tor-spec/negotiating-channels#CERTS-cells
 *
 * <p>Threads: values are immutable.
 */
@NullMarked
package org.tunic.crypto.cert;

import org.jspecify.annotations.NullMarked;
