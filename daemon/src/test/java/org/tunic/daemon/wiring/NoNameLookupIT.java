package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A name that the JDK's own resolver knows, asked for with the daemon's classes on the class path
 * and, as a control, without them.
 */
final class NoNameLookupIT {
  @TempDir Path dir;

  /** Run as a program: looks up its argument. */
  static final class Lookup {
    private Lookup() {}

    public static void main(String[] args) {
      try {
        System.out.println(InetAddress.getByName(args[0]).getHostAddress());
      } catch (java.net.UnknownHostException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private String lookUp(List<Path> classPath) throws Exception {
    Path hosts = Files.writeString(dir.resolve("hosts"), "127.0.0.7 known.example\n");
    List<String> command = new ArrayList<>(Processes.java());
    command.add("-Djdk.net.hosts.file=" + hosts);
    command.add("-cp");
    command.add(String.join(":", classPath.stream().map(Path::toString).toList()));
    command.add(Lookup.class.getName());
    command.add("known.example");
    return Processes.run(dir, command).output().strip();
  }

  private static Path location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  @Test
  void lookUp_withTheDaemonOnTheClassPath_isRefused() throws Exception {
    assertEquals(
        "this process looks up no names",
        lookUp(List.of(location(Lookup.class), location(NoNameLookup.class))));
  }

  @Test
  void lookUp_withoutIt_findsTheName() throws Exception {
    assertEquals("127.0.0.7", lookUp(List.of(location(Lookup.class))));
  }
}
