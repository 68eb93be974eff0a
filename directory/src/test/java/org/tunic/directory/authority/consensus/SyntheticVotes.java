package org.tunic.directory.authority.consensus;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.vote.SharedRandomVote;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.doc.vote.VoteEntry;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.protover.ProtocolVersions;

/** Votes made up for one rule each. Not signed; the computation takes them as they are. */
final class SyntheticVotes {
  static final Instant T = Instant.parse("2026-11-22T12:00:00Z");

  private SyntheticVotes() {}

  /** A vote of authority number {@code author}, to be changed and built. */
  static final class V {
    private final int author;
    List<Integer> methods = List.of(32, 33, 34, 35);
    List<String> flags = List.of("Exit", "Guard", "Running", "V2Dir", "Valid");
    Map<String, Integer> params = new HashMap<>();
    Map<String, ProtocolVersions> protocols = new HashMap<>();
    @Nullable String clientVersions;
    int delay = 4;
    final List<E> entries = new ArrayList<>();

    V(int author) {
      this.author = author;
    }

    V with(E... more) {
      entries.addAll(List.of(more));
      return this;
    }

    Vote build() {
      List<VoteEntry> built = new ArrayList<>();
      entries.forEach(e -> built.add(e.build(flags)));
      built.sort(java.util.Comparator.comparing(VoteEntry::identity));
      return new Vote(
          org.tunic.directory.netdoc.NetdocText.of(""),
          Bytes.copyOf(digest(author, 20)),
          T,
          new Lifetime(T, T.plusSeconds(20), T.plusSeconds(40)),
          delay,
          4,
          methods,
          clientVersions,
          null,
          protocols,
          flags,
          params,
          new Vote.Voter(
              "auth" + author,
              identity(200 + author),
              "127.0.0.1",
              "127.0.0.1",
              80,
              443,
              "x",
              null),
          SharedRandomVote.NONE,
          CtorDocs.certificates().getFirst(),
          built);
    }
  }

  /** What a vote says about relay number {@code relay}, to be changed. */
  static final class E {
    private final int relay;
    String nickname;
    int digest = 1;
    Instant published = T.minusSeconds(3600);
    TreeSet<String> flags = new TreeSet<>(List.of("Running", "Valid"));
    @Nullable String version = "Tor 0.4.9.11";
    String protocols = "Link=4-5";
    long bandwidth = 100;
    long measured = -1;
    @Nullable String policy = "reject 1-65535";
    @Nullable Integer ed25519 = 1;
    boolean edListed = true;
    @Nullable String ipv6;
    int microdescriptor = 7;

    E(int relay) {
      this.relay = relay;
      this.nickname = "relay" + relay;
    }

    E flags(String... set) {
      flags = new TreeSet<>(List.of(set));
      return this;
    }

    VoteEntry build(List<String> known) {
      long mask = 0;
      for (String flag : flags) {
        mask |= 1L << known.indexOf(flag);
      }
      return new VoteEntry(
          nickname,
          identity(relay),
          Bytes.copyOf(digest(digest, 20)),
          published,
          RelayAddress.parse("127.0.0.1:9001").orElseThrow(),
          0,
          ipv6 == null ? null : RelayAddress.parse(ipv6).orElseThrow(),
          mask,
          version,
          protocols,
          bandwidth,
          measured,
          -1,
          policy,
          edListed,
          Bytes.copyOf(ed25519 == null ? new byte[32] : digest(ed25519 + relay, 32)),
          List.of("32,33,34,35 sha256=" + Base64s.encodeUnpadded(digest(microdescriptor, 32))));
    }
  }

  static RsaIdentity identity(int number) {
    return RsaIdentity.of(digest(number, 20));
  }

  static byte[] digest(int number, int length) {
    byte[] digest = new byte[length];
    digest[0] = (byte) number;
    digest[length - 1] = 1;
    return digest;
  }

  static String ns(int authorities, V... votes) {
    return compute(authorities, ConsensusFlavor.NS, votes);
  }

  static String compute(int authorities, ConsensusFlavor flavor, V... votes) {
    List<Vote> built = new ArrayList<>();
    for (V vote : votes) {
      built.add(vote.build());
    }
    return new ConsensusComputer(built, authorities, false).compute(flavor).text().text();
  }

  /** The first line that starts so, without that start; empty if there is none. */
  static String line(String text, String start) {
    for (String line : text.split("\n")) {
      if (line.startsWith(start)) {
        return line.substring(start.length());
      }
    }
    return "";
  }
}
