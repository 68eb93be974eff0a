package org.tunic.daemon.index;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ServiceArguments;
import org.tunic.daemon.tracker.TrackerOptions;
import org.tunic.index.catalogue.Commitment;

/**
 * What {@code tunic index} was asked for.
 *
 * <p>Threads: immutable.
 *
 * @param title of the site
 * @param about paragraphs of the page about it
 * @param announce addresses of trackers that torrents are handed out with, besides our own
 * @param operator id on the ledger, 32 bytes
 * @param accountsOnly whether visitors without an account may not upload
 * @param clearnetListen where it listens for TCP, too
 * @param keyDirectory of the onion address, as a HiddenServiceDir; empty: {@code index} in the
 *     DataDirectory
 * @param data where it keeps everything; empty: {@code index-data} in the DataDirectory
 * @param tracker what a tracker in the same process was asked for
 * @param help whether only the usage was asked for
 * @param torrc arguments for the node
 */
public record IndexOptions(
    String title,
    List<String> about,
    List<String> announce,
    Optional<Bytes> operator,
    boolean accountsOnly,
    Optional<InetSocketAddress> clearnetListen,
    Optional<Path> keyDirectory,
    Optional<Path> data,
    Optional<TrackerOptions> tracker,
    boolean help,
    List<String> torrc) {
  /** What to print for {@code --help}. */
  public static final String USAGE =
      """
      usage: tunic index (--torrc FILE | --demo DIR) [option]… [--TorrcOption VALUE]…
        an index of torrents behind an onion address; the process is a client and never relays

        --torrc FILE             the configuration of the network to join
        --demo DIR               join the network of tunic demo --data DIR
        --data DIR               where it keeps everything (default: index-data in the DataDirectory)
        --key-directory DIR      of the onion address (default: index in the DataDirectory)
        --clearnet-listen A:P    listen on a TCP port, too, such as 127.0.0.1:8080
        --title TEXT             name of the site
        --about FILE             text of its page about itself; blank lines part paragraphs
        --announce URL           a tracker that torrents are handed out with; may be given again
        --accounts-only          visitors without an account cannot upload
        --operator-id HEX        id on the ledger, 64 digits, that the catalogue is anchored under
        --with-tracker           run a tracker in this process, too; the options of tunic tracker
                                 hold for it, but for these two
        --tracker-listen A:P     the TCP port of that tracker
        --tracker-keys DIR       of its onion address
      """;

  private static final int MAX_TITLE = 60;
  private static final int MAX_ABOUT_BYTES = 16_384;
  private static final int MAX_TRACKERS = 8;
  private static final Pattern URL = Pattern.compile("(http|https|udp)://[!-~]{3,250}");

  /** Copies the lists. */
  public IndexOptions {
    about = List.copyOf(about);
    announce = List.copyOf(announce);
    torrc = List.copyOf(torrc);
  }

  /**
   * Reads the arguments behind {@code index}.
   *
   * @param workingDirectory where relative paths begin
   * @throws ConfigException with one line for the user
   */
  public static IndexOptions parse(List<String> arguments, Path workingDirectory)
      throws ConfigException {
    return new Parser(new ServiceArguments("index", arguments, workingDirectory)).parse();
  }

  /** Threads: one. */
  private static final class Parser {
    private final ServiceArguments arguments;
    private final List<String> torrc = new ArrayList<>();
    private final List<String> rest = new ArrayList<>();
    private final List<String> trackers = new ArrayList<>();
    private String title = "Torrent index";
    private List<String> about = List.of();
    private Optional<Bytes> operator = Optional.empty();
    private Optional<InetSocketAddress> listen = Optional.empty();
    private Optional<Path> keys = Optional.empty();
    private Optional<Path> data = Optional.empty();
    private boolean accountsOnly;
    private boolean withTracker;
    private boolean help;

    Parser(ServiceArguments arguments) {
      this.arguments = arguments;
    }

    IndexOptions parse() throws ConfigException {
      List<String> forTracker = new ArrayList<>();
      while (arguments.hasNext()) {
        String option = arguments.next();
        switch (option) {
          case "--help", "-h" -> help = true;
          case "--torrc" -> torrc.addAll(List.of("-f", arguments.value(option)));
          case "--demo" -> demo(arguments.path(option));
          case "--data" -> data = Optional.of(arguments.path(option));
          case "--key-directory" -> keys = Optional.of(arguments.path(option));
          case "--clearnet-listen" ->
              listen = Optional.of(arguments.address(option, "127.0.0.1:8080"));
          case "--title" -> title = title(option);
          case "--about" -> about = about(option);
          case "--announce" -> trackers.add(url(option));
          case "--accounts-only" -> accountsOnly = true;
          case "--operator-id" -> operator = Optional.of(operator(option));
          case "--with-tracker" -> withTracker = true;
          case "--tracker-listen" ->
              forTracker.addAll(List.of("--clearnet-listen", arguments.value(option)));
          case "--tracker-keys" ->
              forTracker.addAll(List.of("--key-directory", arguments.value(option)));
          default -> rest.add(option);
        }
      }
      if (!withTracker && !forTracker.isEmpty()) {
        throw new ConfigException("options of a tracker need --with-tracker");
      }
      if (trackers.size() > MAX_TRACKERS) {
        throw new ConfigException("no more than " + MAX_TRACKERS + " trackers");
      }
      Optional<TrackerOptions> tracker = Optional.empty();
      if (withTracker) {
        rest.addAll(forTracker);
        tracker = Optional.of(TrackerOptions.parse(rest, arguments.workingDirectory()));
        torrc.addAll(tracker.get().torrc());
      } else {
        // An index asks for nothing and nobody asks it for circuits.
        torrc.addAll(List.of("--SocksPort", "0"));
        torrc.addAll(rest);
      }
      return new IndexOptions(
          title, about, trackers, operator, accountsOnly, listen, keys, data, tracker, help, torrc);
    }

    /** The files of the demo's client say which network it is; its directories are not ours. */
    private void demo(Path directory) {
      torrc.addAll(ServiceArguments.ofDemo(directory, directory.resolve("index")));
    }

    private String title(String option) throws ConfigException {
      String text = arguments.value(option).strip();
      if (text.isEmpty() || text.length() > MAX_TITLE) {
        throw ServiceArguments.takes(option, "a name of at most " + MAX_TITLE + " characters");
      }
      return text;
    }

    private List<String> about(String option) throws ConfigException {
      Path file = arguments.path(option);
      try {
        if (Files.size(file) > MAX_ABOUT_BYTES) {
          throw ServiceArguments.takes(option, "a text of at most " + MAX_ABOUT_BYTES + " bytes");
        }
        return Arrays.stream(Files.readString(file, StandardCharsets.UTF_8).split("\\R\\s*\\R", -1))
            .map(String::strip)
            .filter(paragraph -> !paragraph.isEmpty())
            .toList();
      } catch (IOException e) {
        throw new ConfigException(file + " cannot be read: " + e.getMessage());
      }
    }

    private String url(String option) throws ConfigException {
      String text = arguments.value(option);
      if (!URL.matcher(text).matches()) {
        throw ServiceArguments.takes(
            option, "the address of a tracker, such as http://NAME.onion/announce");
      }
      return text;
    }

    private Bytes operator(String option) throws ConfigException {
      try {
        Bytes id = Bytes.fromHex(arguments.value(option));
        if (id.length() == Commitment.ID_BYTES) {
          return id;
        }
      } catch (MalformedException e) {
        // said below
      }
      throw ServiceArguments.takes(option, "64 hexadecimal digits");
    }
  }
}
