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
  private final int host;
  private final Path resolvConf;

  private ClientNamespace(Path scratch, long process, int number) {
    this.scratch = scratch;
    this.name = "tunic-leak-" + process + "-" + number;
    this.cable = "leak" + process + "x" + number;
    this.subnet = RANGE + process % 250 + ".";
    this.host = 4 * number;
    this.resolvConf = Path.of("/etc/netns", name, "resolv.conf");
  }

  /**
   * Makes one; its names bear the number of this process.
   *
   * @param scratch directory for what the tools say
   * @param number no two of a process have the same, 0 to 60
   * @throws IOException if this machine or this user cannot
   */
  static ClientNamespace make(Path scratch, int number) throws IOException {
    ClientNamespace made = new ClientNamespace(scratch, ProcessHandle.current().pid(), number);
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

  /** The cable, seen from inside. */
  static final String CABLE = "out0";

  /** Where packets end that have no business outside, after {@link #onlyFor}. */
  static final String DEAD_END = "sink0";

  /** The address of packets that end there: one for documentation, which nobody may be told. */
  static final String REAL_ADDRESS = "203.0.113.7";

  /**
   * Lets programs of one user alone out over the cable. Whatever others send elsewhere than to
   * loopback goes to a dead end, where it can be seen, and comes from {@link #REAL_ADDRESS}.
   */
  void onlyFor(int user) throws IOException {
    runInside("ip", "link", "add", DEAD_END, "type", "veth", "peer", "name", "sink1");
    runInside("ip", "link", "set", DEAD_END, "up");
    runInside("ip", "link", "set", "sink1", "up");
    runInside("ip", "addr", "add", REAL_ADDRESS + "/24", "dev", DEAD_END);
    String nobody = "203.0.113.1";
    runInside("ip", "neigh", "replace", nobody, "lladdr", "02:00:00:00:00:01", "dev", DEAD_END);
    runInside("ip", "route", "replace", "default", "via", nobody, "dev", DEAD_END);
    runInside("ip", "route", "del", subnet + host + "/30", "dev", CABLE);
    String table = "100";
    runInside("ip", "route", "add", outside(), "dev", CABLE, "table", table);
    runInside(
        "ip", "route", "add", "default", "via", outside(), "dev", CABLE, "src", inside(), "table",
        table);
    runInside("ip", "rule", "add", "uidrange", user + "-" + user, "lookup", table);
  }

  /** The address of this machine's end. */
  String outside() {
    return subnet + (host + 1);
  }

  /** The address of the namespace's end. */
  String inside() {
    return subnet + (host + 2);
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
