package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;

/** The one layout of INTRODUCE1 and INTRODUCE2. Threads: any, because it has no state. */
final class IntroduceBody {
  private static final int LEGACY_KEY_ID_LENGTH = 20;

  private IntroduceBody() {}

  /** Makes the record of one of the two. */
  interface Maker<T> {
    T make(Ed25519Identity authKey, ExtensionList extensions, Bytes encrypted);
  }

  static <T> T decode(ByteReader in, Maker<T> maker) throws MalformedException {
    if (!in.bytes(LEGACY_KEY_ID_LENGTH).isZero()) {
      throw new MalformedException("INTRODUCE for a version 2 service");
    }
    Ed25519Identity authKey = EstablishIntro.decodeAuthKey(in);
    ExtensionList extensions = ExtensionList.decode(in);
    Bytes encrypted = in.bytes(in.remaining());
    if (encrypted.length() == 0) {
      throw new MalformedException("INTRODUCE without a message");
    }
    return maker.make(authKey, extensions, encrypted);
  }

  static Bytes clearPart(Ed25519Identity authKey, ExtensionList extensions) {
    ByteWriter out = new ByteWriter(64).zeros(LEGACY_KEY_ID_LENGTH);
    EstablishIntro.encodeAuthKey(authKey, out);
    return out.bytes(extensions.encode()).toBytes();
  }
}
