package org.tunic.daemon.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace for one client and its applications: loopback, and one cable to this machine.
 * Whatever does not go over loopback goes over that cable, where {@link PacketLog} sees it. Names
 * are looked up, by those who do, at this machine's end of the cable.
 *
 * <p>Needs root and iproute2. Threads: that of the test.
 */
final class ClientNamespace implements AutoCloseable {
  /** A /30 of the range for benchmarks, which no network routes. */
  private static final String RANGE = "198.18.";

  private final Path scratch;
  private final String name;
  private final String cable;
  private final String subnet;
  private final Path resolvConf;

  private ClientNamespace(Path scratch, long number) {
    this.scratch = scratch;
    this.name = "tunic-leak-" + number;
    this.cable = "leak" + number;
    this.subnet = RANGE + number % 250 + ".";
    this.resolvConf = Path.of("/etc/netns", name, "resolv.conf");
  }

  /**
   * Makes one; its names bear the number of this process.
   *
   * @param scratch directory for what the tools say
   * @throws IOException if this machine or this user cannot
   */
  static ClientNamespace make(Path scratch) throws IOException {
    ClientNamespace made = new ClientNamespace(scratch, ProcessHandle.current().pid());
    try {
      made.run("ip", "netns", "add", made.name);
      made.run(
          "ip",
          "link",
          "add",
          made.cable,
          "type",
          "veth",
          "peer",
          "name",
          "out0",
          "netns",
          made.name);
      made.run("ip", "addr", "add", made.outside() + "/30", "dev", made.cable);
      made.run("ip", "link", "set", made.cable, "up");
      made.runInside("ip", "link", "set", "lo", "up");
      made.runInside("ip", "addr", "add", made.inside() + "/30", "dev", "out0");
      made.runInside("ip", "link", "set", "out0", "up");
      made.runInside("ip", "route", "add", "default", "via", made.outside());
      Files.createDirectories(made.resolvConf.getParent());
      Files.writeString(
          made.resolvConf, "nameserver " + made.outside() + "\noptions timeout:1 attempts:1\n");
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /** The address of this machine's end. */
  String outside() {
    return subnet + "1";
  }

  /** The address of the namespace's end. */
  String inside() {
    return subnet + "2";
  }

  /** What to put before a command so that it runs in there. */
  List<String> enter() {
    return List.of("ip", "netns", "exec", name);
  }

  private void run(String... command) throws IOException {
    Subject.Tools.run(scratch, "", List.of(command));
  }

  private void runInside(String... command) throws IOException {
    List<String> all = new ArrayList<>(enter());
    all.addAll(List.of(command));
    Subject.Tools.run(scratch, "", all);
  }

  @Override
  public void close() throws IOException {
    try {
      run("ip", "netns", "del", name); // the cable goes with it
    } finally {
      Files.deleteIfExists(resolvConf);
      if (Files.exists(resolvConf.getParent())) {
        Files.delete(resolvConf.getParent());
      }
    }
  }
}
