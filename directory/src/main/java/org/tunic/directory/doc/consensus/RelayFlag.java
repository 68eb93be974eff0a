package org.tunic.directory.doc.consensus;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the authorities say about a relay. In the order of the keywords' ASCII text, which is the
 * order documents list them in.
 *
 * <p>Spec: dir-spec/consensus-formats, item "s". Threads: immutable.
 */
public enum RelayFlag {
  AUTHORITY("Authority"),
  BAD_EXIT("BadExit"),
  EXIT("Exit"),
  FAST("Fast"),
  GUARD("Guard"),
  HSDIR("HSDir"),
  MIDDLE_ONLY("MiddleOnly"),
  NO_ED_CONSENSUS("NoEdConsensus"),
  RUNNING("Running"),
  STABLE("Stable"),
  STALE_DESC("StaleDesc"),
  SYBIL("Sybil"),
  V2DIR("V2Dir"),
  VALID("Valid");

  private static final Map<String, RelayFlag> BY_KEYWORD = new HashMap<>();

  static {
    for (RelayFlag flag : values()) {
      BY_KEYWORD.put(flag.keyword, flag);
    }
  }

  private final String keyword;

  RelayFlag(String keyword) {
    this.keyword = keyword;
  }

  /** The flag as documents spell it. */
  public String keyword() {
    return keyword;
  }

  /** The flag with this spelling; empty for one we do not know, which is to be ignored. */
  public static Optional<RelayFlag> of(String keyword) {
    return Optional.ofNullable(BY_KEYWORD.get(keyword));
  }
}
