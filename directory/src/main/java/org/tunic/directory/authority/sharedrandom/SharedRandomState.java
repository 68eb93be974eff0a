package org.tunic.directory.authority.sharedrandom;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.vote.SharedRandomCommit;
import org.tunic.directory.doc.vote.SharedRandomVote;
import org.tunic.directory.netdoc.NetdocTime;

/**
 * Where an authority stands in the current shared-random run: the commits it knows (its own too),
 * and the values it believes in.
 *
 * <p>Before each vote {@link #prepare} brings it to the round of that vote; a consensus overrules
 * its values. Of each authority one commit is kept, so others can make us keep as many as there are
 * authorities.
 *
 * <p>Spec: srv-spec/specification. Threads: one caller at a time; its owner guards it.
 */
public final class SharedRandomState {
  private static final int ROUNDS_OF_A_PHASE = 12;
  private static final int ROUNDS = 2 * ROUNDS_OF_A_PHASE;

  private final RsaIdentity self;
  private final Set<RsaIdentity> authorities;
  private final SecureRandom random;
  private final Map<RsaIdentity, SharedRandomCommit> commits = new TreeMap<>();
  private SharedRandom values = SharedRandom.NONE;
  private boolean revealPhase;
  private boolean fresh;
  private @Nullable Instant validAfter;
  private @Nullable Instant validUntil;

  /** Without knowledge of the run that is going on. */
  public SharedRandomState(RsaIdentity self, Set<RsaIdentity> authorities, SecureRandom random) {
    this.self = self;
    this.authorities = Set.copyOf(authorities);
    this.random = random;
  }

  /**
   * Gets ready for the vote that will be valid after {@code next}: begins a run with a commit of
   * our own, or ends one with a new value.
   *
   * @param interval the voting interval
   * @param now where in a run we start, if this is the first call; C tor ends even a run that it
   *     has not seen with a value
   */
  public void prepare(Instant next, Duration interval, Instant now) {
    if (validAfter != null && !next.isAfter(validAfter)) {
      return;
    }
    boolean reveal = round(next, interval) >= ROUNDS_OF_A_PHASE;
    if (validAfter == null) {
      revealPhase = round(now, interval) >= ROUNDS_OF_A_PHASE;
    }
    if (revealPhase && !reveal) {
      SharedRandom.Value before = values.current().orElse(null);
      values = new SharedRandom(before, SharedRandomValue.compute(known(), before));
      fresh = true;
      commits.clear();
      commitOurselves(next);
    } else if (!reveal && commits.isEmpty()) {
      commitOurselves(next); // we came in the middle of the phase
    }
    revealPhase = reveal;
    validAfter = next;
    validUntil = next.plus(interval.multipliedBy(ROUNDS - round(next, interval)));
  }

  private static int round(Instant time, Duration interval) {
    return (int) Math.floorMod(time.getEpochSecond() / interval.toSeconds(), (long) ROUNDS);
  }

  private Collection<SharedRandomCommit> known() {
    return commits.values().stream()
        .filter(commit -> authorities.contains(commit.identity()))
        .toList();
  }

  private void commitOurselves(Instant run) {
    byte[] number = new byte[32];
    random.nextBytes(number);
    String reveal = encode(run, number);
    String commit = encode(run, Sha.sha3(reveal.getBytes(US_ASCII)));
    try {
      commits.put(self, SharedRandomCommit.of(self, commit, reveal));
    } catch (MalformedException e) {
      throw new IllegalStateException("we made a commit that does not parse", e);
    } finally {
      Arrays.fill(number, (byte) 0);
    }
  }

  private static String encode(Instant run, byte[] value) {
    return Base64s.encode(new ByteWriter().u64(run.getEpochSecond()).bytes(value).toArray());
  }

  /** Takes from a vote its author's own commit or reveal, if it fits the phase and what we know. */
  public void received(SharedRandomVote vote, RsaIdentity voter) {
    for (SharedRandomCommit commit : vote.commits()) {
      if (commit.identity().equals(voter) && authorities.contains(voter)) {
        received(commit);
      }
    }
  }

  private void received(SharedRandomCommit commit) {
    SharedRandomCommit known = commits.get(commit.identity());
    if (!revealPhase) {
      if (known == null && commit.revealed().isEmpty()) {
        commits.put(commit.identity(), commit);
      }
      return;
    }
    boolean completes =
        known != null && known.commit().equals(commit.commit()) && known.revealed().isEmpty();
    if (completes && commit.revealMatches()) {
      commits.put(commit.identity(), commit);
    }
  }

  /** A consensus was published: its values count, whatever we believed. */
  public void published(SharedRandom ofConsensus) {
    values = ofConsensus;
    fresh = false;
  }

  /** Whether the current value was computed by us and no consensus has carried it yet. */
  public boolean isFresh() {
    return fresh;
  }

  /** The lines for our vote, each with its end. */
  public String voteLines() {
    return new SharedRandomVote(true, List.copyOf(commits.values()), values).lines(revealPhase);
  }

  /** The values we believe in. */
  public SharedRandom values() {
    return values;
  }

  /**
   * The file {@code sr-state}, in C tor's form; empty before the first {@link #prepare}. It tells
   * what we will reveal: keep it private.
   */
  public Optional<String> file() {
    if (validAfter == null || validUntil == null) {
      return Optional.empty();
    }
    StringBuilder out =
        new StringBuilder(
            "# Tor shared random state file last generated\n# You *do not* need to edit this file.\n\n");
    for (SharedRandomCommit commit : commits.values()) {
      String line = commit.line(commit.revealed().isPresent());
      out.append("Commit ").append(line.substring("shared-rand-commit ".length())).append('\n');
    }
    values.previous().ifPresent(v -> out.append("SharedRandPreviousValue ").append(text(v)));
    values.current().ifPresent(v -> out.append("SharedRandCurrentValue ").append(text(v)));
    out.append("ValidAfter ").append(NetdocTime.format(validAfter)).append('\n');
    out.append("ValidUntil ").append(NetdocTime.format(validUntil)).append('\n');
    return Optional.of(out.append("Version 1\n").toString());
  }

  private static String text(SharedRandom.Value value) {
    return value.reveals() + " " + Base64s.encode(value.value().toArray()) + "\n";
  }

  /**
   * Takes over what the file says, if it is of the run that is going on. A damaged file counts as
   * none.
   *
   * @param interval the voting interval
   */
  public void restore(String file, Instant now, Duration interval) {
    Map<RsaIdentity, SharedRandomCommit> read = new TreeMap<>();
    SharedRandom.Value previous = null;
    SharedRandom.Value current = null;
    Instant after = null;
    Instant until = null;
    try {
      for (String line : file.lines().toList()) {
        List<String> words = List.of(line.strip().split("\\s+"));
        List<String> args = words.subList(1, words.size());
        switch (words.getFirst()) {
          case "Commit" -> SharedRandomCommit.parse(args).ifPresent(c -> read.put(c.identity(), c));
          case "SharedRandPreviousValue" -> previous = value(args);
          case "SharedRandCurrentValue" -> current = value(args);
          case "ValidAfter" -> after = NetdocTime.parse(args.get(0), args.get(1));
          case "ValidUntil" -> until = NetdocTime.parse(args.get(0), args.get(1));
          default -> {
            // lines that we do not need
          }
        }
      }
    } catch (RuntimeException | MalformedException e) {
      return;
    }
    if (after == null || until == null || until.isBefore(now) || !after.isBefore(until)) {
      return;
    }
    commits.clear();
    commits.putAll(read);
    commits.keySet().retainAll(authorities);
    values = new SharedRandom(previous, current);
    validAfter = after;
    validUntil = until;
    revealPhase = round(after, interval) >= ROUNDS_OF_A_PHASE;
  }

  private static SharedRandom.Value value(List<String> args) throws MalformedException {
    byte[] value = Base64s.decode(args.get(1));
    if (value.length != SharedRandom.Value.LENGTH) {
      throw new MalformedException("length of a shared random value");
    }
    return new SharedRandom.Value(Integer.parseUnsignedInt(args.get(0)), Bytes.copyOf(value));
  }
}
