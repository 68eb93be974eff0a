package org.tunic.daemon.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One row of the option table.
 *
 * <p>Threads: immutable.
 *
 * @param name canonical name
 * @param type type of its value
 * @param list for lists, the name under which its lines are kept: its own, or that of its group
 * @param hidden never saved or dumped
 * @param fixed cannot change while the daemon runs
 * @param deprecated works, with a warning
 * @param own C tor has no such option: not listed among its options, dumped only when set
 * @param support what we do with it
 * @param harmless further values that are accepted in silence when we lack the option
 * @param defaultText default value as written in a torrc; null if there is none
 */
record Option(
    String name,
    OptionType type,
    String list,
    boolean hidden,
    boolean fixed,
    boolean deprecated,
    boolean own,
    Support support,
    Set<String> harmless,
    @Nullable String defaultText) {

  /** What the daemon makes of an option. */
  enum Support {
    /** Does what tor(1) says. */
    SUPPORTED(""),
    /** Accepted with a warning. */
    IGNORED(""),
    LIMIT("it limits what the daemon may use"),
    POLICY("it restricts where connections may go"),
    BRIDGE("bridges and transports hide connections from a censor"),
    PRIVILEGE("it takes privileges away"),
    ROUTE("it says which way connections must take");

    private final String restricts;

    Support(String restricts) {
      this.restricts = restricts;
    }

    /** Whether going on without it would do what the operator forbade. */
    boolean refuses() {
      return !restricts.isEmpty();
    }

    /** Why going on without it is out of the question. */
    String restricts() {
      return restricts;
    }
  }
}
