package org.tunic.directory.authority.descriptors;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.directory.authority.consensus.ConsensusMethod;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocWriter;
import org.tunic.directory.policy.PolicySummary;

/**
 * Makes microdescriptors. All authorities must make the same text from a descriptor, for the
 * consensus names it by its digest.
 *
 * <p>Spec: dir-spec/computing-microdescriptors. Threads: any, because all is pure.
 */
public final class MicrodescriptorMaker {
  /**
   * The first method of each range whose microdescriptors may differ, and where the last range
   * ends.
   */
  private static final int[] RANGES = {
    ConsensusMethod.MIN_SUPPORTED, ConsensusMethod.FAMILY_IDS, ConsensusMethod.MAX_SUPPORTED + 1
  };

  private static final int FINGERPRINT_LENGTH = 40;

  private MicrodescriptorMaker() {}

  /**
   * What a vote says about one relay's microdescriptors.
   *
   * @param lines the values of its {@code m} lines
   * @param microdescriptors those that the lines name
   */
  public record Voted(List<String> lines, List<Microdescriptor> microdescriptors) {}

  /**
   * The microdescriptor by one consensus method; empty for a relay without TAP key, which gets
   * none.
   */
  public static Optional<Microdescriptor> make(RouterDescriptor descriptor, int method) {
    RsaPublicKey tapKey = descriptor.tapKey().orElse(null);
    if (tapKey == null) {
      return Optional.empty();
    }
    NetdocWriter out = new NetdocWriter();
    out.raw("onion-key\n").raw(tapKey.toPem());
    out.item("ntor-onion-key", Base64s.encodeUnpadded(descriptor.ntorOnionKey().bytes().toArray()));
    List<String> family = descriptor.contents().family();
    if (!family.isEmpty()) {
      out.item("family", canonicalFamily(family, descriptor.identity()));
    }
    if (method >= ConsensusMethod.FAMILY_IDS && !descriptor.familyIds().isEmpty()) {
      out.item("family-ids", String.join(" ", descriptor.familyIds()));
    }
    PolicySummary summary = descriptor.contents().policy().summary(false);
    if (!summary.isRejectAll()) {
      out.item("p", summary);
    }
    if (!descriptor.contents().policy6().isRejectAll()) {
      out.item("p6", descriptor.contents().policy6());
    }
    Optional<Ed25519Identity> ed25519 = descriptor.ids().ed();
    if (ed25519.isPresent()) {
      out.item("id", "ed25519", ed25519.get().base64());
    } else {
      out.item("id", "rsa1024", Base64s.encodeUnpadded(descriptor.identity().bytes().toArray()));
    }
    return Optional.of(parse(out.text()));
  }

  /**
   * The lines and microdescriptors for all methods we know; methods with equal microdescriptors
   * share a line.
   */
  public static Voted forAllMethods(RouterDescriptor descriptor) {
    List<String> lines = new ArrayList<>();
    List<Microdescriptor> made = new ArrayList<>();
    int low = RANGES[0];
    for (int i = 0; i + 1 < RANGES.length; i++) {
      Optional<Microdescriptor> current = make(descriptor, RANGES[i]);
      if (current.isEmpty()) {
        return new Voted(List.of(), List.of());
      }
      boolean same = !made.isEmpty() && made.getLast().digest().equals(current.get().digest());
      if (same) {
        lines.removeLast();
      } else {
        low = RANGES[i];
        made.add(current.get());
      }
      lines.add(line(low, RANGES[i + 1] - 1, current.get()));
    }
    return new Voted(List.copyOf(lines), List.copyOf(made));
  }

  private static String line(int low, int high, Microdescriptor microdescriptor) {
    StringBuilder out = new StringBuilder();
    for (int method = low; method <= high; method++) {
      out.append(out.isEmpty() ? "" : ",").append(method);
    }
    return out.append(" sha256=")
        .append(Base64s.encodeUnpadded(microdescriptor.digest().toArray()))
        .toString();
  }

  /**
   * Fingerprints in capitals without nicknames behind, nicknames in lower case, the relay itself
   * added, sorted, each once.
   */
  private static String canonicalFamily(List<String> members, RsaIdentity self) {
    TreeSet<String> known = new TreeSet<>();
    List<String> unknown = new ArrayList<>();
    known.add("$" + self.hex());
    for (String member : members) {
      String hex = member.startsWith("$") ? member.substring(1) : member;
      if (Fields.isNickname(member)) {
        known.add(member.toLowerCase(Locale.ROOT));
      } else if (hex.length() >= FINGERPRINT_LENGTH) {
        known.add("$" + hex.substring(0, FINGERPRINT_LENGTH).toUpperCase(Locale.ROOT));
      } else {
        unknown.add(member);
      }
    }
    List<String> all = new ArrayList<>(known);
    all.addAll(unknown);
    Collections.sort(all);
    return String.join(" ", all);
  }

  private static Microdescriptor parse(NetdocText text) {
    try {
      return Microdescriptor.parse(text);
    } catch (DocumentSyntaxException e) {
      throw new IllegalStateException("we made a microdescriptor that does not parse", e);
    }
  }
}
