package org.tunic.ledger.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Cuts what a peer sends into messages: magic:u32, name:12, length:u32, checksum:u32, payload.
 *
 * <p>It keeps no more than one frame, for whose payload memory grows with what has come, not with
 * what was announced. What is wrong with a frame ends the connection; a payload with a wrong
 * checksum does too, since streams here lose nothing.
 *
 * <p>Threads: that of the connection.
 */
public final class MessageFramer {
  /** The largest payload. */
  public static final int MAX_PAYLOAD_BYTES = 4_000_000;

  private static final int HEADER = 24;
  private static final int NAME = 12;
  private static final int FIRST_BUFFER = 4096;

  private final int magic;
  private byte[] buffer = new byte[FIRST_BUFFER];
  private int filled;

  /** For the chain of {@code magic}. */
  public MessageFramer(int magic) {
    this.magic = magic;
  }

  /** The frame of {@code message}. */
  public static byte[] frame(int magic, Message message) {
    byte[] payload = message.payload();
    byte[] name = Arrays.copyOf(message.command().getBytes(StandardCharsets.US_ASCII), NAME);
    return new WireWriter(HEADER + payload.length)
        .u32(magic)
        .bytes(name)
        .u32(payload.length)
        .bytes(Hash256.sha256d(payload).toArray(), 0, 4)
        .bytes(payload)
        .toArray();
  }

  /**
   * Takes {@code length} bytes of {@code source} from {@code offset}; gives the messages that are
   * whole now.
   *
   * @throws MalformedException if the peer breaks the protocol: nothing more can be read
   */
  public List<Message> take(byte[] source, int offset, int length) throws MalformedException {
    List<Message> messages = new ArrayList<>();
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int wanted = wanted() - filled;
      int count = Math.min(wanted, end - at);
      append(source, at, count);
      at += count;
      if (filled >= HEADER && filled == wanted()) {
        messages.add(message());
        filled = 0;
        if (buffer.length > FIRST_BUFFER) {
          buffer = new byte[FIRST_BUFFER];
        }
      }
    }
    return messages;
  }

  /** Bytes of the frame as far as they are known. */
  private int wanted() throws MalformedException {
    if (filled < HEADER) {
      return HEADER;
    }
    WireReader in = new WireReader(buffer, 0, HEADER);
    if (in.i32() != magic) {
      throw new MalformedException("another chain's magic");
    }
    in.bytes(NAME);
    long length = in.u32();
    if (length > MAX_PAYLOAD_BYTES) {
      throw new MalformedException("message is too large");
    }
    return HEADER + (int) length;
  }

  private void append(byte[] source, int at, int count) {
    if (count > buffer.length - filled) {
      buffer = Arrays.copyOf(buffer, Math.max(filled + count, 2 * buffer.length));
    }
    System.arraycopy(source, at, buffer, filled, count);
    filled += count;
  }

  /** Bytes of memory it holds. */
  int keptBytes() {
    return buffer.length;
  }

  private Message message() throws MalformedException {
    String name = name();
    byte[] payload = Arrays.copyOfRange(buffer, HEADER, filled);
    Hash256 hash = Hash256.sha256d(payload);
    for (int i = 0; i < 4; i++) {
      if ((buffer[HEADER - 4 + i] & 0xff) != hash.at(i)) {
        throw new MalformedException("wrong checksum");
      }
    }
    return Message.decode(name, payload);
  }

  /** Printable ASCII, then zeros to the end. */
  private String name() throws MalformedException {
    int length = 0;
    while (length < NAME && buffer[4 + length] != 0) {
      byte character = buffer[4 + length];
      if (character < ' ' || character > '~') {
        throw new MalformedException("name of a message");
      }
      length++;
    }
    for (int i = length; i < NAME; i++) {
      if (buffer[4 + i] != 0) {
        throw new MalformedException("name of a message");
      }
    }
    return new String(buffer, 4, length, StandardCharsets.US_ASCII);
  }
}
