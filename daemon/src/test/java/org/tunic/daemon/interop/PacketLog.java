package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything that an interface of a namespace sends or receives while this is open, written down by
 * tcpdump.
 *
 * <p>Threads: that of the test.
 */
final class PacketLog implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  /** DNS, mDNS, LLMNR, NetBIOS names. */
  private static final String LOOKUPS = "port 53 or port 5353 or port 5355 or port 137";

  private static final Pattern TARGET = Pattern.compile(" > ([0-9a-f.:]+)\\.([0-9]+):");

  private final Path dir;
  private final Path file;
  private final ClientNamespace namespace;
  private final Process tcpdump;

  private PacketLog(Path dir, Path file, ClientNamespace namespace, Process tcpdump) {
    this.dir = dir;
    this.file = file;
    this.namespace = namespace;
    this.tcpdump = tcpdump;
  }

  /** Starts, and returns when packets are being taken. */
  static PacketLog start(Path dir, String name, ClientNamespace namespace) throws IOException {
    return start(dir, name, namespace, "any");
  }

  /** The same for one interface. */
  static PacketLog start(Path dir, String name, ClientNamespace namespace, String on)
      throws IOException {
    Path file = dir.resolve(name + ".pcap");
    Path said = dir.resolve(name + ".tcpdump");
    List<String> command = new ArrayList<>(namespace.enter());
    command.addAll(
        List.of(
            "tcpdump",
            "-i",
            on,
            "-n",
            "-U",
            "--immediate-mode",
            "-Z",
            "root",
            "-w",
            file.toString()));
    Process tcpdump =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    Await.until(
        "tcpdump listening",
        START_LIMIT,
        () -> text(said).contains("listening on"),
        () -> text(said));
    return new PacketLog(dir, file, namespace, tcpdump);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops; what was seen so far can then be asked for. */
  @Override
  public void close() throws IOException {
    tcpdump.destroy();
    try {
      if (!tcpdump.waitFor(10, TimeUnit.SECONDS)) {
        tcpdump.destroyForcibly();
      }
    } catch (InterruptedException e) {
      tcpdump.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Packets of look-ups, over loopback too, a line each. */
  List<String> lookups() throws IOException {
    return read(LOOKUPS);
  }

  /** All packets of IP but those by which neighbours and routers are found, a line each. */
  List<String> all() throws IOException {
    return read("ip or (ip6 and not icmp6)");
  }

  /** Whom the namespace sent something, but over loopback: {@code address:port}. */
  Set<String> contacted() throws IOException {
    Set<String> targets = new TreeSet<>();
    List<String> lines =
        new ArrayList<>(
            read(
                "src host "
                    + namespace.inside()
                    + " and not dst host "
                    + namespace.inside()
                    + " and (tcp or udp)"));
    lines.addAll(read("ip6 and (tcp or udp) and not dst host ::1"));
    for (String line : lines) {
      Matcher target = TARGET.matcher(line);
      targets.add(target.find() ? target.group(1) + ":" + target.group(2) : line);
    }
    return targets;
  }

  private List<String> read(String filter) throws IOException {
    return Subject.Tools.run(dir, "", List.of("tcpdump", "-nn", "-r", file.toString(), filter))
        .lines()
        .toList();
  }
}
