package org.tunic.router.cell;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * RESOLVED: the answers to RESOLVE. {@code (type:u8 length:u8 value ttl:u32)…}
 *
 * <p>Spec: tor-spec/remote-hostname-lookup
 *
 * <p>Threads: immutable.
 *
 * @param answers in the order of the message
 */
public record Resolved(List<Answer> answers) implements RelayMessage {
  public static final int HOSTNAME = 0;
  public static final int IPV4 = 4;
  public static final int IPV6 = 6;
  public static final int ERROR_TRANSIENT = 0xf0;
  public static final int ERROR_NONTRANSIENT = 0xf1;

  /**
   * One answer.
   *
   * @param type one of the constants above; unknown types are kept
   * @param value an address, a host name in US-ASCII, or an explanation that nobody shows
   * @param ttlSeconds how long it may be remembered
   */
  public record Answer(int type, Bytes value, long ttlSeconds) {
    /** An address. */
    public static Answer of(InetAddress address, long ttlSeconds) {
      byte[] value = address.getAddress();
      return new Answer(value.length == 4 ? IPV4 : IPV6, Bytes.copyOf(value), ttlSeconds);
    }

    /** A host name of at most 255 characters. */
    public static Answer ofHostname(String name, long ttlSeconds) {
      return new Answer(
          HOSTNAME, Bytes.copyOf(name.getBytes(StandardCharsets.US_ASCII)), ttlSeconds);
    }

    /** An error, with the text that C tor sends. */
    public static Answer error(boolean willPass, long ttlSeconds) {
      byte[] text = "Error resolving hostname".getBytes(StandardCharsets.US_ASCII);
      return new Answer(
          willPass ? ERROR_TRANSIENT : ERROR_NONTRANSIENT, Bytes.copyOf(text), ttlSeconds);
    }

    /** The address, if this is one. */
    public Optional<InetAddress> inet() {
      return new NetInfo.Address(type, value).inet();
    }

    /** Hides the answer. */
    @Override
    public String toString() {
      return "Answer[type " + type + "]";
    }
  }

  /** Copies the list. */
  public Resolved {
    answers = List.copyOf(answers);
  }

  /** Reads a body. */
  public static Resolved decode(ByteReader in) throws MalformedException {
    List<Answer> answers = new ArrayList<>();
    while (in.remaining() > 0) {
      answers.add(new Answer(in.u8(), in.bytes(in.u8()), in.u32()));
    }
    return new Resolved(answers);
  }

  @Override
  public int command() {
    return RelayCommand.RESOLVED;
  }

  @Override
  public void encode(ByteWriter out) {
    for (Answer answer : answers) {
      out.u8(answer.type).u8(answer.value.length()).bytes(answer.value).u32(answer.ttlSeconds);
    }
  }
}
