package org.tunic.directory.doc.consensus;

import static org.tunic.directory.netdoc.ItemTable.anyNumber;
import static org.tunic.directory.netdoc.ItemTable.atMostOnce;
import static org.tunic.directory.netdoc.ItemTable.exactlyOnce;

import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.ItemTable;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.Section;
import org.tunic.directory.netdoc.Tokenizer;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.policy.PolicySyntaxException;
import org.tunic.directory.protover.ProtocolVersions;

/**
 * Reads the relays of one consensus. Thousands of them share a few flag sets, protocol lists,
 * versions and times: each distinct text is read once and its value shared, which saves most of the
 * time and of the memory.
 *
 * <p>Spec: dir-spec/consensus-formats. Threads: one caller.
 */
final class RouterStatusParser {
  private static final int SHA1_LENGTH = 20;
  private static final int SHA256_LENGTH = 32;
  private static final long MAX_BANDWIDTH = 0xffff_ffffL;
  private static final String BANDWIDTH = "Bandwidth=";

  private static final ItemTable ITEMS =
      ItemTable.of(
          exactlyOnce("r").asFirst().args(7),
          anyNumber("a").args(1),
          exactlyOnce("s"),
          atMostOnce("v"),
          exactlyOnce("pr"),
          atMostOnce("w"),
          atMostOnce("p"),
          anyNumber("m"));

  private final NetdocText text;
  private final ConsensusFlavor flavor;
  private final Map<String, Set<RelayFlag>> flagSets = new HashMap<>();
  private final Map<String, ProtocolVersions> protocolLists = new HashMap<>();
  private final Map<String, PolicySummary> policies = new HashMap<>();
  private final Map<String, String> versions = new HashMap<>();
  private final Map<String, Instant> times = new HashMap<>();

  RouterStatusParser(NetdocText text, ConsensusFlavor flavor) {
    this.text = text;
    this.flavor = flavor;
  }

  /** Takes one relay's section, which starts at the tokenizer's position. */
  RouterStatus parse(Tokenizer tokenizer) throws DocumentSyntaxException {
    Section items =
        ITEMS.readUntil(tokenizer, text, "r", "directory-footer", "directory-signature");
    Item r = items.one("r");
    List<String> args = r.args();
    // Only the ns flavour has a descriptor digest there, between identity and time.
    int at = flavor == ConsensusFlavor.NS ? 3 : 2;
    if (args.size() < at + 5) {
      throw r.fault("too few arguments");
    }
    Item w = items.orNull("w");
    return new RouterStatus(
        Fields.nickname(r, 0),
        new RsaIdentity(Fields.base64(r, 1, RsaIdentity.LENGTH)),
        time(r, args.get(at), args.get(at + 1), at),
        new RelayAddress(Fields.ipv4(r, at + 2), Fields.port(r, at + 3)),
        Fields.port(r, at + 4),
        Fields.ipv6OrPort(items.all("a")).orElse(null),
        flags(items.one("s")),
        version(items.orNull("v")),
        protocols(items.one("pr")),
        w == null ? RouterStatus.NO_BANDWIDTH : bandwidth(w),
        w != null && w.argumentText().contains("Unmeasured=1"),
        digest(r, items.all("m")),
        policy(items.orNull("p")));
  }

  private Instant time(Item r, String date, String timeOfDay, int at)
      throws DocumentSyntaxException {
    String key = date + timeOfDay;
    Instant known = times.get(key);
    if (known == null) {
      known = NetdocTime.at(r, at);
      times.put(key, known);
    }
    return known;
  }

  private @Nullable Bytes digest(Item r, List<Item> m) throws DocumentSyntaxException {
    if (flavor == ConsensusFlavor.NS) {
      return Fields.base64(r, 2, SHA1_LENGTH);
    }
    return m.isEmpty() ? null : Fields.base64(m.getFirst(), 0, SHA256_LENGTH);
  }

  private Set<RelayFlag> flags(Item s) {
    return flagSets.computeIfAbsent(
        s.argumentText(),
        _ -> {
          // Being listed means running and valid, whether said or not.
          EnumSet<RelayFlag> flags = EnumSet.of(RelayFlag.RUNNING, RelayFlag.VALID);
          s.args().forEach(word -> RelayFlag.of(word).ifPresent(flags::add));
          return Set.copyOf(flags);
        });
  }

  private @Nullable String version(@Nullable Item v) {
    return v == null ? null : versions.computeIfAbsent(v.argumentText(), version -> version);
  }

  private ProtocolVersions protocols(Item pr) throws DocumentSyntaxException {
    String key = pr.argumentText();
    ProtocolVersions known = protocolLists.get(key);
    if (known == null) {
      known = Fields.protocols(pr);
      protocolLists.put(key, known);
    }
    return known;
  }

  private @Nullable PolicySummary policy(@Nullable Item p) throws DocumentSyntaxException {
    if (p == null) {
      return null;
    }
    String key = p.argumentText();
    PolicySummary known = policies.get(key);
    if (known == null) {
      try {
        known = PolicySummary.parse(key);
      } catch (PolicySyntaxException e) {
        throw p.fault("malformed policy summary");
      }
      policies.put(key, known);
    }
    return known;
  }

  private static long bandwidth(Item w) throws DocumentSyntaxException {
    for (String arg : w.args()) {
      if (arg.startsWith(BANDWIDTH)) {
        long value;
        try {
          value = Long.parseLong(arg, BANDWIDTH.length(), arg.length(), 10);
        } catch (NumberFormatException e) {
          throw w.fault("bandwidth is no number");
        }
        if (value < 0 || value > MAX_BANDWIDTH) {
          throw w.fault("bandwidth out of range");
        }
        return value;
      }
    }
    return RouterStatus.NO_BANDWIDTH;
  }
}
