package org.tunic.directory.authority.voting;

import org.tunic.directory.authority.AuthorityConfig;
import org.tunic.directory.authority.AuthorityState;
import org.tunic.directory.authority.SimulatedAuthorities;
import org.tunic.directory.fetch.DirectoryTransport;

/** Runs rounds on the caller's thread, requests included. */
public final class VotingRoundRunner {
  private VotingRoundRunner() {}

  public static VotingRound create(
      AuthorityConfig config,
      AuthorityState state,
      DirectoryTransport transport,
      VotingRound.Sleeper sleeper) {
    return new VotingRound(
        config, state, transport, sleeper, new SimulatedAuthorities.DirectExecutor());
  }

  /** Round after round, until the sleeper is interrupted. */
  public static void run(VotingRound rounds) {
    try {
      while (true) {
        rounds.round();
      }
    } catch (InterruptedException e) {
      return;
    }
  }
}
