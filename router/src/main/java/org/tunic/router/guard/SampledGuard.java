package org.tunic.router.guard;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * What is kept on disk of one sampled guard: the value of one {@code Guard} line of the state file.
 *
 * <p>The value is {@code key=value} pairs between blanks in any order. Pairs not known here, among
 * them the {@code pb_…} counters of path bias, are kept as they are.
 *
 * <p>Spec: guard-spec/appendices (state file), and C tor 0.4.9. Threads: immutable.
 *
 * @param selection name of the guard selection, {@code default} here
 * @param identity the relay
 * @param nickname at the time of sampling; empty if the line had none
 * @param sampledOn when it entered the sample, blurred by up to a tenth of its lifetime
 * @param sampledIndex its place in the sample: lower ones are preferred
 * @param sampledBy version of the software that sampled it; empty if the line had none
 * @param unlistedSince when it left the consensus (blurred); null while it is listed
 * @param confirmed when and as which it was first used; null until then
 * @param others the pairs not known here, in order
 */
public record SampledGuard(
    String selection,
    RsaIdentity identity,
    String nickname,
    Instant sampledOn,
    int sampledIndex,
    String sampledBy,
    @Nullable Instant unlistedSince,
    @Nullable Confirmed confirmed,
    List<String> others) {
  /** The keyword of these lines in the state file. */
  static final String KEYWORD = "Guard";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);
  private static final Set<String> KNOWN =
      Set.of(
          "in",
          "rsa_id",
          "nickname",
          "sampled_on",
          "sampled_idx",
          "sampled_by",
          "unlisted_since",
          "listed",
          "confirmed_on",
          "confirmed_idx");
  private static final Pattern NICKNAME = Pattern.compile("[A-Za-z0-9]{1,19}");

  /** Sorts a guard whose line had no usable index behind all others. */
  private static final int NO_INDEX = Integer.MAX_VALUE;

  /**
   * The first successful use.
   *
   * @param on when, blurred by up to a tenth of the guard lifetime
   * @param index order among the confirmed guards, from 0
   */
  public record Confirmed(Instant on, int index) {}

  /** Keeps a copy of {@code others}. */
  public SampledGuard {
    others = List.copyOf(others);
  }

  /** Whether the last consensus listed it as a guard. */
  public boolean listed() {
    return unlistedSince == null;
  }

  SampledGuard withUnlistedSince(@Nullable Instant when) {
    return new SampledGuard(
        selection, identity, nickname, sampledOn, sampledIndex, sampledBy, when, confirmed, others);
  }

  SampledGuard withConfirmed(Confirmed when) {
    return new SampledGuard(
        selection,
        identity,
        nickname,
        sampledOn,
        sampledIndex,
        sampledBy,
        unlistedSince,
        when,
        others);
  }

  SampledGuard withSampledIndex(int index) {
    return new SampledGuard(
        selection,
        identity,
        nickname,
        sampledOn,
        index,
        sampledBy,
        unlistedSince,
        confirmed,
        others);
  }

  /**
   * Reads the value of a {@code Guard} line. Only the selection and the identity must be there;
   * anything else that is missing or wrong takes C tor's default.
   *
   * @param now stands for a missing time
   * @return empty if the line names no guard
   */
  static Optional<SampledGuard> parse(String value, Instant now) {
    Map<String, String> known = new HashMap<>();
    List<String> others = new ArrayList<>();
    for (String pair : value.strip().split("\\s+")) {
      int equals = pair.indexOf('=');
      String key = equals < 0 ? "" : pair.substring(0, equals);
      if (KNOWN.contains(key) && !known.containsKey(key)) {
        known.put(key, pair.substring(equals + 1));
      } else {
        others.add(pair);
      }
    }
    String selection = known.get("in");
    String fingerprint = known.get("rsa_id");
    if (selection == null || fingerprint == null) {
      return Optional.empty();
    }
    RsaIdentity identity;
    try {
      identity = RsaIdentity.fromHex(fingerprint);
    } catch (MalformedException _) {
      return Optional.empty();
    }
    int confirmedIndex = index(known.get("confirmed_idx"));
    // Lines of versions without an order of the sample have the confirmed index only.
    int sampledIndex =
        known.containsKey("sampled_idx") ? index(known.get("sampled_idx")) : confirmedIndex;
    boolean listed = !"0".equals(known.getOrDefault("listed", "0"));
    return Optional.of(
        new SampledGuard(
            selection,
            identity,
            known.getOrDefault("nickname", ""),
            time(known.get("sampled_on")).orElse(now),
            sampledIndex,
            known.getOrDefault("sampled_by", ""),
            listed ? null : time(known.get("unlisted_since")).orElse(now),
            confirmedIndex == NO_INDEX
                ? null
                : new Confirmed(time(known.get("confirmed_on")).orElse(now), confirmedIndex),
            others));
  }

  private static int index(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > 9) {
      return NO_INDEX;
    }
    return text.chars().allMatch(c -> c >= '0' && c <= '9') ? Integer.parseInt(text) : NO_INDEX;
  }

  private static Optional<Instant> time(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  /** The value of the {@code Guard} line, in C tor's order of pairs. */
  String format() {
    StringBuilder out = new StringBuilder();
    out.append("in=").append(selection);
    out.append(" rsa_id=").append(identity.hex());
    if (NICKNAME.matcher(nickname).matches()) {
      out.append(" nickname=").append(nickname);
    }
    out.append(" sampled_on=").append(format(sampledOn));
    out.append(" sampled_idx=").append(sampledIndex);
    if (!sampledBy.isEmpty()) {
      out.append(" sampled_by=").append(sampledBy);
    }
    if (unlistedSince != null) {
      out.append(" unlisted_since=").append(format(unlistedSince));
    }
    out.append(" listed=").append(listed() ? '1' : '0');
    if (confirmed != null) {
      out.append(" confirmed_on=").append(format(confirmed.on()));
      out.append(" confirmed_idx=").append(confirmed.index());
    }
    for (String pair : others) {
      out.append(' ').append(pair);
    }
    return out.toString();
  }

  private static String format(Instant time) {
    return TIME.format(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
  }

  /** Says nothing of which relay it is: the guard list stays out of logs. */
  @Override
  public String toString() {
    return "SampledGuard[" + sampledIndex + "]";
  }
}
