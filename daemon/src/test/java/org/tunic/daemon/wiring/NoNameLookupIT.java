package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A name that the system's resolver knows, asked for with the daemon's classes on the class path
 * and, as a control, without them.
 */
final class NoNameLookupIT {
  @TempDir Path dir;

  /** Run as a program: looks up its argument. */
  @SuppressWarnings("AddressSelection") // Names are what this is about.
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

  /** A name of /etc/hosts, which the system's resolver finds without asking anybody. */
  private static String knownName() throws Exception {
    return Files.readAllLines(Path.of("/etc/hosts")).stream()
        .filter(line -> line.matches("[0-9a-f].*"))
        .flatMap(line -> Stream.of(line.replaceFirst("#.*", "").strip().split("\\s+")).skip(1))
        // The JDK answers this one itself, whatever its resolver says.
        .filter(name -> !name.equals("localhost"))
        .findFirst()
        .orElseGet(() -> Assumptions.abort("/etc/hosts has no name but localhost"));
  }

  private String lookUp(List<Path> classPath) throws Exception {
    List<String> command = new ArrayList<>(Processes.java());
    command.add("-cp");
    command.add(String.join(":", classPath.stream().map(Path::toString).toList()));
    command.add(Lookup.class.getName());
    command.add(knownName());
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
    String answer = lookUp(List.of(location(Lookup.class)));
    assertTrue(answer.matches("[0-9a-f.:]+"), answer);
  }
}
