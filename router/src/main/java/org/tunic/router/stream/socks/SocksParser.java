package org.tunic.router.stream.socks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;

/**
 * Reads one SOCKS negotiation of any version from the bytes that have come so far.
 *
 * <p>Why not the decoders of netty-codec-socks: they turn user names and passwords into text as
 * US-ASCII, by which different credentials become equal and share a circuit; a stream isolation key
 * must be the bytes themselves.
 *
 * <p>As C tor: user name and password, empty ones too, are always accepted; they are taken in
 * preference to no authentication; a client may send them even after "no authentication" was
 * chosen; user names that begin {@code <torS0X>} are reserved and only {@code <torS0X>0} is known.
 *
 * <p>Spec: socks-extensions. Threads: event loop of one connection.
 */
final class SocksParser {
  /** Bytes: the longest message of a negotiation, SOCKS 4a with both texts of 255. */
  static final int MAX_MESSAGE_BYTES = 8 + 256 + 256;

  private static final int NO_AUTHENTICATION = 0x00;
  private static final int USER_PASSWORD = 0x02;
  private static final int NO_ACCEPTABLE_METHOD = 0xff;
  private static final int AUTHENTICATION_VERSION = 1;

  private static final int IPV4 = 1;
  private static final int DOMAIN_NAME = 3;
  private static final int IPV6 = 4;

  private static final byte[] EXTENDED_PREFIX = "<torS0X>".getBytes(StandardCharsets.US_ASCII);

  /** What to do next. */
  sealed interface Step {}

  /** The message is not complete; nothing was consumed. */
  record NeedMore() implements Step {}

  /** A message was consumed: send this, then go on. */
  record Answer(Bytes reply) implements Step {}

  /** The negotiation is over; bytes left in the buffer are stream data. */
  record Requested(EntryRequest request) implements Step {}

  /** Send this, which may be empty, and close. */
  record Refused(Bytes reply) implements Step {}

  /** Somebody speaks HTTP to this port. */
  record SpokeHttp() implements Step {}

  private static final Step NEED_MORE = new NeedMore();
  private static final Step DROP = new Refused(Bytes.EMPTY);
  private static final Step SPOKE_HTTP = new SpokeHttp();

  private enum State {
    VERSION,
    AUTHENTICATION,
    REQUEST,
    REQUEST_OR_AUTHENTICATION,
    DONE
  }

  private final boolean preferNoAuthentication;
  private State state = State.VERSION;
  private Bytes user = Bytes.EMPTY;
  private Bytes password = Bytes.EMPTY;

  /**
   * @param preferNoAuthentication choose "no authentication" when both are offered
   *     (PreferSOCKSNoAuth)
   */
  SocksParser(boolean preferNoAuthentication) {
    this.preferNoAuthentication = preferNoAuthentication;
  }

  /** Takes at most one message off the front of {@code in}. Not to be called after the end. */
  Step next(ByteBuf in) {
    Step step =
        in.isReadable()
            ? switch (state) {
              case VERSION -> version(in);
              case AUTHENTICATION -> authentication(in);
              case REQUEST_OR_AUTHENTICATION ->
                  peek(in, 0) == AUTHENTICATION_VERSION ? authentication(in) : request5(in);
              case REQUEST -> request5(in);
              case DONE -> throw new IllegalStateException("the negotiation is over");
            }
            : NEED_MORE;
    return switch (step) {
      case NeedMore _ when in.readableBytes() >= MAX_MESSAGE_BYTES -> finish(DROP);
      case NeedMore _, Answer _ -> step;
      case Requested _, Refused _, SpokeHttp _ -> finish(step);
    };
  }

  private Step finish(Step last) {
    state = State.DONE;
    return last;
  }

  private Step version(ByteBuf in) {
    return switch (peek(in, 0)) {
      case 4 -> request4(in);
      case 5 -> methods(in);
      case 'G', 'H', 'P', 'C' -> SPOKE_HTTP;
      default -> DROP;
    };
  }

  /** {@code 04 | command | port:u16 | address:u32 | user id, 00 | [4a: host name, 00]}. */
  private Step request4(ByteBuf in) {
    int userAt = 8;
    if (in.readableBytes() <= userAt) {
      return NEED_MORE;
    }
    int userEnd = indexOfNul(in, userAt);
    if (userEnd < 0) {
      return NEED_MORE;
    }
    int port = in.getUnsignedShort(in.readerIndex() + 2);
    long address = in.getUnsignedInt(in.readerIndex() + 4);
    int end = userEnd + 1;
    Optional<TargetHost> target;
    if (address == 0) {
      return refuse4();
    } else if (address <= 0xff) {
      int nameEnd = indexOfNul(in, end);
      if (nameEnd < 0) {
        return NEED_MORE;
      }
      target = TargetHost.parse(text(in, end, nameEnd - end));
      end = nameEnd + 1;
    } else {
      target = Optional.of(TargetHost.ofAddress(raw(in, 4, 4)));
    }
    if (userEnd - userAt > 255 || end > MAX_MESSAGE_BYTES) {
      return refuse4();
    }
    @Nullable SocksCommand command =
        switch (peek(in, 1)) {
          case 0x01 -> SocksCommand.CONNECT;
          case 0xf0 -> SocksCommand.RESOLVE;
          default -> null;
        };
    if (command == null || target.isEmpty() || (command == SocksCommand.CONNECT && port == 0)) {
      return refuse4();
    }
    user = Bytes.copyOf(raw(in, userAt, userEnd - userAt));
    in.skipBytes(end);
    boolean numeric = address > 0xff;
    return new Requested(new EntryRequest(4, command, target.get(), port, numeric, user, password));
  }

  private static Step refuse4() {
    return new Refused(SocksReply.GENERAL_FAILURE.encode(4));
  }

  /** {@code 05 | n:u8 | n methods}. */
  private Step methods(ByteBuf in) {
    if (in.readableBytes() < 2 || in.readableBytes() < 2 + peek(in, 1)) {
      return NEED_MORE;
    }
    int count = peek(in, 1);
    boolean none = false;
    boolean password = false;
    for (int i = 0; i < count; i++) {
      int method = peek(in, 2 + i);
      none |= method == NO_AUTHENTICATION;
      password |= method == USER_PASSWORD;
    }
    in.skipBytes(2 + count);
    if (password && !(none && preferNoAuthentication)) {
      state = State.AUTHENTICATION;
      return new Answer(twoBytes(5, USER_PASSWORD));
    }
    if (none) {
      state = State.REQUEST_OR_AUTHENTICATION;
      return new Answer(twoBytes(5, NO_AUTHENTICATION));
    }
    return new Refused(twoBytes(5, NO_ACCEPTABLE_METHOD));
  }

  /** {@code 01 | length:u8, user name | length:u8, password}. */
  private Step authentication(ByteBuf in) {
    int available = in.readableBytes();
    if (peek(in, 0) != AUTHENTICATION_VERSION) {
      return DROP;
    }
    if (available < 2 || available < 3 + peek(in, 1)) {
      return NEED_MORE;
    }
    int userLength = peek(in, 1);
    int passwordLength = peek(in, 2 + userLength);
    if (available < 3 + userLength + passwordLength) {
      return NEED_MORE;
    }
    byte[] name = raw(in, 2, userLength);
    if (isUnknownExtension(name)) {
      return new Refused(twoBytes(AUTHENTICATION_VERSION, 1));
    }
    user = Bytes.copyOf(name);
    password = Bytes.copyOf(raw(in, 3 + userLength, passwordLength));
    in.skipBytes(3 + userLength + passwordLength);
    state = State.REQUEST;
    return new Answer(twoBytes(AUTHENTICATION_VERSION, 0));
  }

  /** Only {@code <torS0X>0} is defined; what another suffix asks for must not be ignored. */
  private static boolean isUnknownExtension(byte[] name) {
    if (name.length < EXTENDED_PREFIX.length) {
      return false;
    }
    for (int i = 0; i < EXTENDED_PREFIX.length; i++) {
      if (name[i] != EXTENDED_PREFIX[i]) {
        return false;
      }
    }
    return name.length != EXTENDED_PREFIX.length + 1 || name[EXTENDED_PREFIX.length] != '0';
  }

  /** {@code 05 | command | 00 | address type | address | port:u16}. */
  private Step request5(ByteBuf in) {
    if (peek(in, 0) != 5) {
      return refuse5(SocksReply.GENERAL_FAILURE);
    }
    int available = in.readableBytes();
    if (available < 5) {
      return NEED_MORE;
    }
    int type = peek(in, 3);
    int at = type == DOMAIN_NAME ? 5 : 4;
    int length;
    switch (type) {
      case IPV4 -> length = 4;
      case DOMAIN_NAME -> length = peek(in, 4);
      case IPV6 -> length = 16;
      default -> {
        return refuse5(SocksReply.ADDRESS_TYPE_NOT_SUPPORTED);
      }
    }
    if (available < at + length + 2) {
      return NEED_MORE;
    }
    Optional<TargetHost> target =
        type == DOMAIN_NAME
            ? TargetHost.parse(text(in, at, length))
            : Optional.of(TargetHost.ofAddress(raw(in, at, length)));
    int port = in.getUnsignedShort(in.readerIndex() + at + length);
    @Nullable SocksCommand command =
        switch (peek(in, 1)) {
          case 0x01 -> SocksCommand.CONNECT;
          case 0xf0 -> SocksCommand.RESOLVE;
          case 0xf1 -> SocksCommand.RESOLVE_PTR;
          default -> null;
        };
    if (command == null) {
      return refuse5(SocksReply.COMMAND_NOT_SUPPORTED);
    }
    if (target.isEmpty() || (command == SocksCommand.CONNECT && port == 0)) {
      return refuse5(SocksReply.GENERAL_FAILURE);
    }
    if (command == SocksCommand.RESOLVE_PTR && !(target.get() instanceof TargetHost.Literal)) {
      return refuse5(SocksReply.ADDRESS_TYPE_NOT_SUPPORTED);
    }
    in.skipBytes(at + length + 2);
    boolean numeric = type != DOMAIN_NAME;
    return new Requested(new EntryRequest(5, command, target.get(), port, numeric, user, password));
  }

  private static Step refuse5(SocksReply why) {
    return new Refused(why.encode(5));
  }

  private static Bytes twoBytes(int first, int second) {
    return Bytes.copyOf(new byte[] {(byte) first, (byte) second});
  }

  private static int peek(ByteBuf in, int offset) {
    return in.getUnsignedByte(in.readerIndex() + offset);
  }

  private static byte[] raw(ByteBuf in, int offset, int length) {
    return ByteBufUtil.getBytes(in, in.readerIndex() + offset, length);
  }

  /** Bytes above 127 become characters no host name has. */
  private static String text(ByteBuf in, int offset, int length) {
    return in.toString(in.readerIndex() + offset, length, StandardCharsets.ISO_8859_1);
  }

  /** Offset of the first zero byte at or after {@code offset}, or -1. */
  private static int indexOfNul(ByteBuf in, int offset) {
    int length = Math.min(in.readableBytes(), MAX_MESSAGE_BYTES) - offset;
    if (length <= 0) {
      return -1;
    }
    int found = in.bytesBefore(in.readerIndex() + offset, length, (byte) 0);
    return found < 0 ? -1 : offset + found;
  }
}
