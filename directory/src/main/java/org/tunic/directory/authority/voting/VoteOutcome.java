package org.tunic.directory.authority.voting;

/**
 * What became of votes or signatures that somebody sent.
 *
 * @param status the HTTP status: 200 or 400
 * @param reason the words behind it, C tor's
 *     <p>Spec: dir-spec/exchanging-votes. Threads: immutable.
 */
public record VoteOutcome(int status, String reason) {
  static VoteOutcome ok(String reason) {
    return new VoteOutcome(200, reason);
  }

  static VoteOutcome refused(String reason) {
    return new VoteOutcome(400, reason);
  }

  public boolean accepted() {
    return status == 200;
  }
}
