package org.tunic.daemon.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tunic.directory.policy.IpLiteral;

/**
 * The arguments of a command that runs a service beside a node, such as {@code tunic tracker}, read
 * one after another. What such a command does not know is the node's.
 *
 * <p>Threads: one.
 */
public final class ServiceArguments {
  private static final int MAX_PORT = 0xffff;

  private final String command;
  private final List<String> arguments;
  private final Path workingDirectory;
  private int at;

  /**
   * @param command its name, for what is said of an option without a value
   * @param arguments behind the name
   * @param workingDirectory where relative paths begin
   */
  public ServiceArguments(String command, List<String> arguments, Path workingDirectory) {
    this.command = command;
    this.arguments = List.copyOf(arguments);
    this.workingDirectory = workingDirectory;
  }

  /** Where relative paths begin. */
  public Path workingDirectory() {
    return workingDirectory;
  }

  /** Whether there is another. */
  public boolean hasNext() {
    return at < arguments.size();
  }

  /** The next one. */
  public String next() {
    return arguments.get(at++);
  }

  /**
   * What stands behind an option.
   *
   * @throws ConfigException if nothing does
   */
  public String value(String option) throws ConfigException {
    if (!hasNext()) {
      throw new ConfigException(option + " needs a value; see tunic " + command + " --help");
    }
    return next();
  }

  /**
   * The file or directory that stands behind an option.
   *
   * @throws ConfigException if nothing does that may be one
   */
  public Path path(String option) throws ConfigException {
    try {
      return workingDirectory.resolve(value(option)).normalize();
    } catch (InvalidPathException e) {
      throw takes(option, "the name of a file or directory");
    }
  }

  /**
   * The numeric address, IPv6 in brackets, and the port, 0 for any, that stand behind an option.
   *
   * @param example of what would do
   * @throws ConfigException if something else stands there
   */
  public InetSocketAddress address(String option, String example) throws ConfigException {
    return address(value(option))
        .orElseThrow(() -> takes(option, "an address and a port, such as " + example));
  }

  /** A numeric address with its port; empty if the text is something else. */
  public static Optional<InetSocketAddress> address(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    Optional<InetAddress> address =
        IpLiteral.parseAddress(bracketed ? host.substring(1, host.length() - 1) : host);
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      return address
          .filter(_ -> port >= 0 && port <= MAX_PORT)
          .map(numeric -> new InetSocketAddress(numeric, port));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Says what an option takes. */
  public static ConfigException takes(String option, String what) {
    return new ConfigException(option + " takes " + what);
  }

  /**
   * Arguments for the node that make it one of a demo's network: the files of the demo's client say
   * which that is; its directories are not ours.
   *
   * @param demo the directory of the demo
   * @param data the node's DataDirectory
   */
  public static List<String> ofDemo(Path demo, Path data) {
    return List.of(
        "-f",
        demo.resolve("client").resolve("torrc").toString(),
        "--DataDirectory",
        data.toString(),
        "--Log",
        "notice stdout");
  }
}
