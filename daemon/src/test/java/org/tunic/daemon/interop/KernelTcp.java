package org.tunic.daemon.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * TCP connections as the kernel knows them. Threads: any, because it has no state.
 *
 * <p>Spec: proc_net_tcp(5) of Linux.
 */
final class KernelTcp {
  private static final Path TABLE = Path.of("/proc/net/tcp");

  /** Sockets that could speak IPv6, too, although they speak IPv4: those of a JVM. */
  private static final Path IPV6_TABLE = Path.of("/proc/net/tcp6");

  private static final String ESTABLISHED = "01";
  private static final String LISTENING = "0A";

  private KernelTcp() {}

  /**
   * The peers' addresses, the first byte highest, of the connections to a port of this machine that
   * a process still holds, whatever the peer has done; not those that the kernel alone remembers.
   */
  static List<Integer> peersAt(int port) {
    List<Integer> peers = new ArrayList<>();
    try (Stream<String> lines = Files.lines(TABLE)) {
      lines
          .skip(1)
          .forEach(
              line -> {
                // number: local remote state queues timer retransmits uid timeout inode
                String[] fields = line.strip().split("\\s+", -1);
                if (port(fields[1]) == port
                    && !fields[3].equals(LISTENING)
                    && !fields[9].equals("0")) {
                  peers.add(address(fields[2]));
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return peers;
  }

  /** The peers' ports of the connections that a process holds and that are up. */
  static Set<Integer> peerPorts(long pid) {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path file : files.toList()) {
        try {
          inodes.add(Files.readSymbolicLink(file).toString());
        } catch (NoSuchFileException e) {
          // closed meanwhile
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Set<Integer> ports = new HashSet<>();
    for (Path table : List.of(TABLE, IPV6_TABLE)) {
      try (Stream<String> lines = Files.lines(table)) {
        lines
            .skip(1)
            .map(line -> line.strip().split("\\s+", -1))
            .filter(
                fields ->
                    fields[3].equals(ESTABLISHED) && inodes.contains("socket:[" + fields[9] + "]"))
            .forEach(fields -> ports.add(port(fields[2])));
      } catch (NoSuchFileException e) {
        // a kernel without IPv6
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return ports;
  }

  private static int port(String endpoint) {
    return Integer.parseInt(endpoint.substring(endpoint.indexOf(':') + 1), 16);
  }

  /** The kernel prints the address as the number that its bytes make in memory. */
  private static int address(String endpoint) {
    int number = Integer.parseUnsignedInt(endpoint.substring(0, endpoint.indexOf(':')), 16);
    return java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN
        ? Integer.reverseBytes(number)
        : number;
  }
}
