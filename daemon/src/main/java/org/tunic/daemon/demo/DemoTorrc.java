package org.tunic.daemon.demo;

import java.util.List;

/**
 * The torrc of each demo node: nothing that an operator of a private network could not write.
 *
 * <p>Threads: any, because it has no state.
 */
final class DemoTorrc {
  /** Seconds between consensuses, and between the first ones of a new network. */
  static final int VOTING_INTERVAL_SECONDS = 20;

  static final int INITIAL_INTERVAL_SECONDS = 10;

  /** Seconds for exchanging votes, and for exchanging signatures, at first. */
  static final int INITIAL_DELAY_SECONDS = 2;

  private DemoTorrc() {}

  /**
   * @param authorityLines the arguments of {@code DirAuthority}, one for each authority
   * @param votingOffset seconds after midnight at which voting intervals start
   * @param webPort port of the web server, for the onion service
   */
  static String of(DemoNode node, List<String> authorityLines, int votingOffset, int webPort) {
    StringBuilder out = new StringBuilder(1500);
    out.append("# Written by tunic demo.\n");
    line(out, "TestingTorNetwork 1");
    line(out, "PathsNeededToBuildCircuits 0.67");
    line(out, "TestingDirAuthVoteExit *");
    line(out, "TestingDirAuthVoteHSDir *");
    line(out, "TestingDirAuthVoteGuard *");
    line(out, "TestingMinExitFlagThreshold 0");
    line(out, "V3AuthNIntervalsValid 2");
    line(out, "ShutdownWaitLength 0");
    line(out, "DataDirectory " + quoted(node.dataDirectory().toString()));
    line(out, "Log " + quoted("notice file " + node.log()));
    for (String authority : authorityLines) {
      line(out, "DirAuthority " + authority);
    }
    switch (node.role()) {
      case AUTHORITY -> {
        relay(out, node);
        line(out, "DirPort 127.0.0.1:" + node.dirPort());
        line(out, "AuthoritativeDirectory 1");
        line(out, "V3AuthoritativeDirectory 1");
        line(out, "TestingV3AuthInitialVotingInterval " + INITIAL_INTERVAL_SECONDS);
        line(out, "TestingV3AuthInitialVoteDelay " + INITIAL_DELAY_SECONDS);
        line(out, "TestingV3AuthInitialDistDelay " + INITIAL_DELAY_SECONDS);
        line(out, "TestingV3AuthVotingStartOffset " + votingOffset);
        line(out, "V3AuthVotingInterval " + VOTING_INTERVAL_SECONDS);
        line(out, "V3AuthVoteDelay 4");
        line(out, "V3AuthDistDelay 4");
        line(out, "ExitPolicy reject *:*");
      }
      case EXIT -> {
        relay(out, node);
        line(out, "ExitRelay 1");
        line(out, "ExitPolicyRejectPrivate 0");
        line(out, "ExitPolicy accept 127.0.0.0/8:*");
        line(out, "ExitPolicy accept *:*");
      }
      case MIDDLE -> {
        relay(out, node);
        line(out, "ExitPolicy reject *:*");
      }
      case HOST -> {
        line(out, "SocksPort 0");
        line(out, "HiddenServiceDir " + quoted(node.onionDirectory().toString()));
        line(out, "HiddenServicePort 80 127.0.0.1:" + webPort);
      }
      case CLIENT -> line(out, "SocksPort 127.0.0.1:" + node.socksPort());
    }
    return out.toString();
  }

  private static void relay(StringBuilder out, DemoNode node) {
    line(out, "Nickname " + node.name());
    line(out, "Address 127.0.0.1");
    line(out, "ORPort 127.0.0.1:" + node.orPort());
    line(out, "ContactInfo " + node.name() + "@demo.invalid");
    line(out, "AssumeReachable 1");
    line(out, "SocksPort 0");
  }

  private static void line(StringBuilder out, String line) {
    out.append(line).append('\n');
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
