package org.tunic.router.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * CERTS: the certificates of one side. {@code n:u8 (type:u8 length:u16 body)…}
 *
 * <p>Spec: tor-spec/negotiating-channels#CERTS-cells
 *
 * <p>Threads: immutable.
 *
 * @param entries in the order of the cell
 */
public record Certs(List<Entry> entries) implements ChannelMessage {
  /** RSA link key certified by the RSA identity, X.509: the certificate of the TLS server. */
  public static final int RSA_LINK = 1;

  /** RSA identity key, self-signed, X.509. */
  public static final int RSA_ID = 2;

  /** RSA authentication key certified by the RSA identity, X.509: historical, initiators only. */
  public static final int RSA_AUTH = 3;

  /** Ed25519 signing key certified by the Ed25519 identity. */
  public static final int ED_ID_SIGN = 4;

  /** SHA-256 of the TLS certificate certified by the signing key: responders only. */
  public static final int ED_SIGN_LINK = 5;

  /** Ed25519 authentication key certified by the signing key: initiators only. */
  public static final int ED_SIGN_AUTH = 6;

  /** Ed25519 identity certified by the RSA identity. */
  public static final int RSA_ED_CROSS = 7;

  /**
   * One certificate.
   *
   * @param type 0 to 255; unknown types are kept
   * @param body undecoded
   */
  public record Entry(int type, Bytes body) {}

  /** Copies the list. */
  public Certs {
    entries = List.copyOf(entries);
  }

  static Certs decode(ByteReader in) throws MalformedException {
    int count = in.u8();
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(new Entry(in.u8(), in.bytes(in.u16())));
    }
    return new Certs(entries);
  }

  /** The body of the first certificate of this type. */
  public Optional<Bytes> find(int type) {
    return entries.stream().filter(e -> e.type == type).map(Entry::body).findFirst();
  }

  /** Whether one of the known types 1 to 7 stands twice, which C tor refuses. */
  public boolean hasDuplicates() {
    boolean[] seen = new boolean[RSA_ED_CROSS + 1];
    for (Entry entry : entries) {
      if (entry.type >= RSA_LINK && entry.type <= RSA_ED_CROSS) {
        if (seen[entry.type]) {
          return true;
        }
        seen[entry.type] = true;
      }
    }
    return false;
  }

  @Override
  public CellCommand command() {
    return CellCommand.CERTS;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u8(entries.size());
    for (Entry entry : entries) {
      out.u8(entry.type).u16(entry.body.length()).bytes(entry.body);
    }
  }
}
