package org.tunic.directory.authority.sharedrandom;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.vote.SharedRandomCommit;

/**
 * Computes a shared random value from what was revealed in a run.
 *
 * <p>{@code SHA3-256("shared-random" | INT_8(reveals) | INT_4(1) | SHA3-256(elements) | previous
 * value or zeros)}, an element being the identity in 40 capital hex digits and the reveal in 56
 * base64 characters. The elements are in the order of the commits' hashed reveals: C tor does so,
 * although the specification says otherwise.
 *
 * <p>Spec: srv-spec/protocol#SRCALC. Threads: any, because all is pure.
 */
final class SharedRandomValue {
  private static final byte[] TOKEN = "shared-random".getBytes(US_ASCII);
  private static final int VERSION = 1;

  private SharedRandomValue() {}

  static SharedRandom.Value compute(
      Collection<SharedRandomCommit> commits, SharedRandom.@Nullable Value previous) {
    List<SharedRandomCommit> revealed =
        commits.stream()
            .filter(commit -> commit.revealed().isPresent())
            .sorted(Comparator.comparing(SharedRandomCommit::hashedReveal))
            .toList();
    StringBuilder elements = new StringBuilder();
    revealed.forEach(
        commit -> elements.append(commit.identity().hex()).append(commit.revealed().orElseThrow()));
    ByteWriter message = new ByteWriter();
    message
        .bytes(TOKEN)
        .u64(revealed.size())
        .u32(VERSION)
        .bytes(Sha.sha3(elements.toString().getBytes(US_ASCII)));
    message.bytes(
        previous == null ? new byte[SharedRandom.Value.LENGTH] : previous.value().toArray());
    return new SharedRandom.Value(revealed.size(), Bytes.copyOf(Sha.sha3(message.toArray())));
  }
}
