package org.tunic.router.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * The extensions of a circuit handshake, the messages of ntor v3. {@code n:u8 (type:u8 length:u8
 * body)…}
 *
 * <p>Unknown types are kept and ignored, the first of several of one type counts, and what follows
 * the list is ignored, all as in C tor.
 *
 * <p>Spec: tor-spec/create-created-cells#ntor-v3
 *
 * <p>Threads: immutable.
 *
 * @param extensions in order, at most 255
 */
public record ExtensionList(List<Extension> extensions) {
  /** No extension at all. */
  public static final ExtensionList EMPTY = new ExtensionList(List.of());

  /** A client asks for congestion control: no body. */
  public static final int CONGESTION_CONTROL_REQUEST = 1;

  /** A relay grants congestion control: one byte, DATA cells for each SENDME. */
  public static final int CONGESTION_CONTROL_RESPONSE = 2;

  /** A client asks for subprotocols: pairs of protocol and version, a byte each. */
  public static final int SUBPROTOCOL_REQUEST = 3;

  private static final int MAX_COUNT = 255;

  /**
   * One extension.
   *
   * @param type 0–255
   * @param body at most 255 bytes
   */
  public record Extension(int type, Bytes body) {
    public Extension {
      if (type < 0 || type > 0xff || body.length() > 0xff) {
        throw new IllegalArgumentException("type and length of an extension are a byte each");
      }
    }
  }

  public ExtensionList {
    extensions = List.copyOf(extensions);
    if (extensions.size() > MAX_COUNT) {
      throw new IllegalArgumentException("more extensions than a byte counts");
    }
  }

  /** Reads a list. */
  public static ExtensionList decode(ByteReader in) throws MalformedException {
    int count = in.u8();
    List<Extension> extensions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int type = in.u8();
      extensions.add(new Extension(type, in.bytes(in.u8())));
    }
    return new ExtensionList(extensions);
  }

  /** The list as bytes. */
  public Bytes encode() {
    ByteWriter out = new ByteWriter();
    out.u8(extensions.size());
    for (Extension extension : extensions) {
      out.u8(extension.type()).u8(extension.body().length()).bytes(extension.body());
    }
    return out.toBytes();
  }

  /** The body of the first extension of this type. */
  public Optional<Bytes> first(int type) {
    return extensions.stream().filter(e -> e.type() == type).map(Extension::body).findFirst();
  }
}
