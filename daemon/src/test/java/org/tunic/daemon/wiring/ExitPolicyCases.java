package org.tunic.daemon.wiring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLoader;
import org.tunic.directory.policy.ExitPolicy;

/** Exit policies with what C tor's descriptor says of them. */
final class ExitPolicyCases {
  /** The address of the relay, to which nothing connects. */
  static final String ADDRESS = "8.8.4.4";

  private ExitPolicyCases() {}

  /** Options, and the lines of the descriptor. */
  record Case(List<String> options, List<String> lines) {
    @Override
    public String toString() {
      return String.join("~", options);
    }
  }

  static List<Case> all() throws IOException {
    List<Case> cases = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(
            ExitPolicyCases.class.getResourceAsStream("/torrc/exit-policies.txt"))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (line.startsWith("  ")) {
          cases.getLast().lines().add(line.strip());
        } else if (!line.isBlank() && !line.startsWith("#")) {
          cases.add(new Case(List.of(line.split("~")), new ArrayList<>()));
        }
      }
    }
    return cases;
  }

  /** What our descriptor would say. */
  static List<String> ours(List<String> options) throws ConfigException {
    List<String> torrc =
        new ArrayList<>(
            List.of(
                "Nickname pol",
                "Address " + ADDRESS,
                "ORPort 9001",
                "SocksPort 0",
                "DirAuthority nobody orport=1 no-v2 v3ident="
                    + "A".repeat(40)
                    + " 127.0.0.1:1 "
                    + "B".repeat(40)));
    torrc.addAll(options);
    Config config =
        ConfigLoader.parse(
                String.join("\n", torrc),
                "torrc",
                new ConfigLoader.Environment(
                    Path.of("/nowhere"),
                    Optional.of(Path.of("/nowhere")),
                    "pol",
                    InputStream.nullInputStream()))
            .config();
    ExitPolicy policy = RelayRole.policy(config.relay().orElseThrow(), List.of());
    List<String> lines = new ArrayList<>(policy.descriptorLines());
    String summary = policy.summary(true).toString();
    if (!summary.equals("reject 1-65535")) {
      lines.add("ipv6-policy " + summary);
    }
    return lines;
  }
}
