package org.tunic.directory.doc.consensus;

import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.linkspec.RelayAddress;

/**
 * An authority as a consensus (or its own vote) lists it.
 *
 * <p>Spec: dir-spec/consensus-formats, items "dir-source", "contact", "vote-digest". Threads:
 * immutable.
 *
 * @param nickname its name
 * @param identity SHA-1 of its authority identity key
 * @param hostname as it says
 * @param dirPort address and directory port, which may be 0
 * @param orPort 0 to 65535
 * @param contact as it says, one character per byte; empty if there is no line
 * @param voteDigest SHA-1 of its vote; null in a vote
 */
public record DirSource(
    String nickname,
    RsaIdentity identity,
    String hostname,
    RelayAddress dirPort,
    int orPort,
    String contact,
    @Nullable Bytes voteDigest) {}
