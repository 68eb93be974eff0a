package org.tunic.directory.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExitPolicyPropertyTest {
  private static final long SEED = 4_911;

  @Test
  void torrcText_parsedAndPrinted_isStable() throws Exception {
    Random random = new Random(SEED);
    for (int round = 0; round < 2000; round++) {
      String text = String.join(", ", rules(random));
      ExitPolicy policy = ExitPolicy.parseRules(List.of(text), Optional.empty());
      ExitPolicy again = ExitPolicy.parseRules(List.of(policy.toString()), Optional.empty());
      assertEquals(policy, again, "seed " + SEED + " round " + round + ": " + text);
    }
  }

  @Test
  void descriptorText_parsedAndPrinted_isStable() throws Exception {
    Random random = new Random(SEED);
    for (int round = 0; round < 1000; round++) {
      List<String> lines =
          ExitPolicy.parseRules(
                  List.of(String.join(",", rules(random)) + ",reject *4:*"), Optional.empty())
              .descriptorLines();
      ExitPolicy parsed = ExitPolicy.parseDescriptor(lines);
      assertEquals(lines, parsed.descriptorLines(), "seed " + SEED + " round " + round);
    }
  }

  /** Removing redundant rules, as fromSettings does, must not change one decision. */
  @Test
  void fromSettings_decidesLikeThePlainRules() throws Exception {
    Random random = new Random(SEED);
    for (int round = 0; round < 1000; round++) {
      List<String> rules = rules(random);
      ExitPolicySettings settings =
          new ExitPolicySettings(
              Optional.of(true), rules, false, true, false, true, List.of(), List.of());
      ExitPolicy reduced = ExitPolicy.fromSettings(settings);
      ExitPolicy plain =
          ExitPolicy.parseRules(List.of(String.join(",", rules) + ",reject *:*"), Optional.empty());
      for (int probe = 0; probe < 50; probe++) {
        InetAddress address = InetAddress.getByAddress(address(random, random.nextBoolean()));
        int port = 1 + random.nextInt(200);
        assertEquals(
            plain.allows(address, port),
            reduced.allows(address, port),
            "seed " + SEED + " round " + round + " " + address + " " + port + ": " + rules);
      }
    }
  }

  private static List<String> rules(Random random) {
    List<String> rules = new ArrayList<>();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      boolean v6 = random.nextBoolean();
      String address =
          switch (random.nextInt(6)) {
            case 0 -> "*";
            case 1 -> v6 ? "*6" : "*4";
            case 2 -> "private";
            default -> {
              String literal = IpLiteral.format(address(random, v6));
              String quoted = v6 ? "[" + literal + "]" : literal;
              yield random.nextBoolean() ? quoted : quoted + "/" + random.nextInt(v6 ? 129 : 33);
            }
          };
      // v4-mapped masks of 33 to 95 bits are refused by the grammar
      address = address.startsWith("[::ffff:") ? "*6" : address;
      int low = 1 + random.nextInt(200);
      String ports =
          switch (random.nextInt(3)) {
            case 0 -> "*";
            case 1 -> "" + low;
            default -> low + "-" + (low + random.nextInt(100));
          };
      rules.add((random.nextBoolean() ? "accept " : "reject ") + address + ":" + ports);
    }
    return rules;
  }

  /** Few distinct values, so that rules overlap. */
  private static byte[] address(Random random, boolean v6) {
    byte[] bytes = new byte[v6 ? 16 : 4];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(2));
    }
    return bytes;
  }
}
