package org.tunic.daemon.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code tunic demo} was asked for.
 *
 * <p>Threads: immutable.
 *
 * @param relays relays besides the authorities, 3–60; a third of them, at least two, are exits
 * @param basePort first port; node k uses basePort + 10k and the three after it
 * @param data where keys, torrcs and documents are kept; empty: in a directory that is removed at
 *     the end
 * @param processes one OS process for each node instead of one for all
 * @param check run the self-check and stop
 * @param swarm whether two BitTorrent clients belong to the self-check
 */
record DemoOptions(
    int relays,
    int basePort,
    Optional<Path> data,
    boolean processes,
    boolean check,
    boolean swarm) {
  static final int DEFAULT_RELAYS = 6;
  static final int DEFAULT_BASE_PORT = 17000;
  static final int MAX_RELAYS = 60;

  static final String USAGE =
      """
      usage: tunic demo [--check [--no-swarm]] [--relays N] [--base-port P] [--data DIR] [--processes]
        --check        fetch a page and 64 MiB, from an exit and from an onion service; say ok or FAIL, and stop
        --no-swarm     check without the BitTorrent clients
        --relays N     relays besides the 3 authorities, 3 to 60 (default 6)
        --base-port P  first TCP port on 127.0.0.1, 1024 to 64800 (default 17000)
        --data DIR     keep keys and documents in DIR; a second start resumes with them
        --processes    one process for each node instead of one for all
      """;

  /** Bad arguments: the message says what to do. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * @throws UsageException with one line for the user
   */
  static DemoOptions parse(List<String> arguments) throws UsageException {
    int relays = DEFAULT_RELAYS;
    int basePort = DEFAULT_BASE_PORT;
    Optional<Path> data = Optional.empty();
    boolean processes = false;
    boolean check = false;
    boolean swarm = true;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      switch (argument) {
        case "--check" -> check = true;
        case "--no-swarm" -> swarm = false;
        case "--processes" -> processes = true;
        case "--relays" -> relays = number(arguments, ++i, argument, 3, MAX_RELAYS);
        case "--base-port" -> basePort = number(arguments, ++i, argument, 1024, 64_800);
        case "--data" -> data = Optional.of(Path.of(value(arguments, ++i, argument)));
        default ->
            throw new UsageException("unknown option " + argument + " (see tunic demo --help)");
      }
    }
    return new DemoOptions(relays, basePort, data, processes, check, swarm);
  }

  private static String value(List<String> arguments, int at, String option) throws UsageException {
    if (at >= arguments.size()) {
      throw new UsageException(option + " needs a value");
    }
    return arguments.get(at);
  }

  private static int number(List<String> arguments, int at, String option, int min, int max)
      throws UsageException {
    String text = value(arguments, at, option);
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new UsageException(option + " takes a number from " + min + " to " + max);
  }

  int exits() {
    return Math.max(2, relays / 3);
  }
}
