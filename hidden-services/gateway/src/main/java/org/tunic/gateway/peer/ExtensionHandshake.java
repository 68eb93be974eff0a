package org.tunic.gateway.peer;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tunic.tracker.bencode.Bencode;
import org.tunic.tracker.bencode.BencodeException;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Int;
import org.tunic.tracker.bencode.BencodeWriter;

/**
 * What of the handshake of the extension protocol is passed on.
 *
 * <p>Kept are the extensions that say nothing of the peer (metadata, {@code lt_donthave}, {@code
 * upload_only}), the size of the metadata, whether it only uploads, and how many requests it
 * queues, where the numbers of different clients are made one. Gone are {@code ipv4}, {@code ipv6},
 * {@code yourip}, {@code p} (its port), {@code v} (its program), {@code e}, and the names of peer
 * exchange and hole punching, which are then never spoken.
 *
 * <p>Spec: BEP 10, BEP 9, BEP 21. Threads: immutable.
 *
 * @param extensions number of each, 1 to 255
 * @param metadataSize bytes of the info dictionary
 * @param requests how many it queues
 * @param uploadOnly 0 or 1
 */
public record ExtensionHandshake(
    SortedMap<String, Integer> extensions,
    OptionalLong metadataSize,
    OptionalLong requests,
    OptionalLong uploadOnly) {
  /** Bytes of the dictionary. */
  public static final int MAX_BYTES = 16 * 1024;

  /** What is passed on of one that cannot be read. */
  static final ExtensionHandshake EMPTY =
      new ExtensionHandshake(
          new TreeMap<>(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

  /** In their order. */
  private static final List<String> PASSED = List.of("lt_donthave", "upload_only", "ut_metadata");

  private static final long MAX_METADATA = 64 << 20;

  /** Clients say 128 (webtorrent), 250 (BEP 10), 500 or 2000: more than this is this. */
  private static final long MOST_REQUESTS = 250;

  private static final int MAX_NUMBER = 255;
  private static final Bencode.Limits LIMITS = new Bencode.Limits(4, 500, MAX_BYTES);

  /** Reads one; {@link #EMPTY} if it is none. */
  public static ExtensionHandshake read(byte[] body) {
    try {
      return Bencode.read(body, LIMITS) instanceof Dict dict ? read(dict) : EMPTY;
    } catch (BencodeException e) {
      return EMPTY;
    }
  }

  private static ExtensionHandshake read(Dict dict) {
    SortedMap<String, Integer> extensions = new TreeMap<>();
    if (dict.get("m").orElse(null) instanceof Dict numbers) {
      for (String name : PASSED) {
        OptionalLong number = number(numbers, name, 0, MAX_NUMBER);
        number.ifPresent(value -> extensions.put(name, (int) value));
      }
    }
    OptionalLong requests = number(dict, "reqq", 1, Integer.MAX_VALUE);
    return new ExtensionHandshake(
        extensions,
        number(dict, "metadata_size", 1, MAX_METADATA),
        requests.isPresent()
            ? OptionalLong.of(Math.min(requests.getAsLong(), MOST_REQUESTS))
            : requests,
        number(dict, "upload_only", 0, 1));
  }

  /** Empty for a number that is out of range, too. */
  private static OptionalLong number(Dict dict, String key, long least, long most) {
    Optional<Long> value =
        dict.get(key).filter(Int.class::isInstance).map(number -> ((Int) number).value());
    return value.isPresent() && value.get() >= least && value.get() <= most
        ? OptionalLong.of(value.get())
        : OptionalLong.empty();
  }

  /** The numbers under which messages may come; 0 takes an extension back. */
  Set<Integer> numbers() {
    Set<Integer> numbers = new HashSet<>(extensions.values());
    numbers.remove(0);
    return numbers;
  }

  /** The dictionary that is passed on. */
  public byte[] write() {
    BencodeWriter out = new BencodeWriter(128);
    out.dictionary().text("m").dictionary();
    extensions.forEach((name, number) -> out.text(name).integer(number));
    out.end();
    write(out, "metadata_size", metadataSize);
    write(out, "reqq", requests);
    write(out, "upload_only", uploadOnly);
    return out.end().toArray();
  }

  private static void write(BencodeWriter out, String key, OptionalLong value) {
    value.ifPresent(number -> out.text(key).integer(number));
  }
}
