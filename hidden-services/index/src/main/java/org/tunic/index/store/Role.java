package org.tunic.index.store;

import java.util.Arrays;
import java.util.Optional;

/**
 * What an account may do; each also what those before it may.
 *
 * <p>Threads: immutable.
 */
public enum Role {
  /** Signed in, without a right that a stranger has not. */
  USER(0),
  /** Uploads without a proof of work. */
  UPLOADER(1),
  /** Hides, shows and removes torrents. */
  MODERATOR(2),
  /** Gives roles. */
  OPERATOR(3);

  private final int code;

  Role(int code) {
    this.code = code;
  }

  /** What stands for it on the disk. */
  int code() {
    return code;
  }

  static Optional<Role> of(int code) {
    return Arrays.stream(values()).filter(role -> role.code == code).findFirst();
  }

  /** Whether this role has the rights of another. */
  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }
}
