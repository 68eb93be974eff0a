package org.tunic.index.store;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * An account.
 *
 * <p>Threads: immutable.
 *
 * @param name lower-case letters, digits and hyphens
 * @param role what it may do
 * @param salt of the password's hash
 * @param hash of the password
 * @param madeSeconds since 1970
 */
public record Account(String name, Role role, Bytes salt, Bytes hash, long madeSeconds) {
  /** The same with another role. */
  public Account with(Role other) {
    return new Account(name, other, salt, hash, madeSeconds);
  }

  /** The same with another password. */
  public Account with(Bytes newSalt, Bytes newHash) {
    return new Account(name, role, newSalt, newHash, madeSeconds);
  }

  void encode(ByteWriter out) {
    Entry.text(out, name);
    out.u8(role.code()).u8(salt.length()).bytes(salt).u8(hash.length()).bytes(hash);
    out.u64(madeSeconds);
  }

  static Account decode(ByteReader in) throws MalformedException {
    String name = Entry.text(in);
    Role role = Role.of(in.u8()).orElseThrow(() -> new MalformedException("an unknown role"));
    return new Account(name, role, in.bytes(in.u8()), in.bytes(in.u8()), in.u64());
  }

  /** Nothing that helps to guess the password. */
  @Override
  public String toString() {
    return "Account[" + role + "]";
  }
}
