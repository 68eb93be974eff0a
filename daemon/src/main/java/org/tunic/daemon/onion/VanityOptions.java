package org.tunic.daemon.onion;

import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.VanityPrefix;

/**
 * What {@code tunic onion vanity} was asked for.
 *
 * <p>Threads: immutable.
 *
 * @param prefix how the address shall begin
 * @param directory the directory to make; empty: one named like the address
 * @param threads threads that search
 */
record VanityOptions(VanityPrefix prefix, Optional<String> directory, int threads) {
  static final int MAX_THREADS = 1024;

  static final String USAGE =
      """
      usage: tunic onion vanity PREFIX [--dir DIR] [--threads N]
        PREFIX       how the address shall begin: 1 to 12 letters or digits 2 to 7
        --dir DIR    the HiddenServiceDir to make, which must not be there yet (default: ./ADDRESS.onion)
        --threads N  threads that search (default: one for each processor)
      """;

  /** Bad arguments: the message says what to do. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message + " (see tunic onion vanity --help)", null, false, false);
    }
  }

  /**
   * @param processors threads unless the arguments say otherwise
   * @throws UsageException with one line for the user
   */
  static VanityOptions parse(List<String> arguments, int processors) throws UsageException {
    Optional<VanityPrefix> prefix = Optional.empty();
    Optional<String> directory = Optional.empty();
    int threads = processors;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      switch (argument) {
        case "--dir" -> directory = Optional.of(value(arguments, ++i, argument));
        case "--threads" -> threads = threads(value(arguments, ++i, argument));
        default -> {
          if (argument.startsWith("-")) {
            throw new UsageException("unknown option " + argument);
          }
          if (prefix.isPresent()) {
            throw new UsageException("one prefix at a time");
          }
          prefix = Optional.of(prefix(argument));
        }
      }
    }
    if (prefix.isEmpty()) {
      throw new UsageException("how shall the address begin?");
    }
    return new VanityOptions(prefix.get(), directory, threads);
  }

  private static VanityPrefix prefix(String text) throws UsageException {
    try {
      return VanityPrefix.parse(text);
    } catch (MalformedException e) {
      throw new UsageException(
          "no onion address begins like this: 1 to "
              + VanityPrefix.MAX_LENGTH
              + " letters or digits 2 to 7 are possible");
    }
  }

  private static String value(List<String> arguments, int at, String option) throws UsageException {
    if (at >= arguments.size()) {
      throw new UsageException(option + " needs a value");
    }
    return arguments.get(at);
  }

  private static int threads(String text) throws UsageException {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= MAX_THREADS) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new UsageException("--threads takes a number from 1 to " + MAX_THREADS);
  }
}
