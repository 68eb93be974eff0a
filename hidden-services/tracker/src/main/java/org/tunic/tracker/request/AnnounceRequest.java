package org.tunic.tracker.request;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.Announce.Role;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerId;

/**
 * An announce as a client sends it.
 *
 * <p>What it must have is {@code info_hash}, {@code peer_id} and {@code port}; all else may be
 * absent, in any order, and what is unknown is passed over. {@code ipv4} and {@code ipv6} are
 * passed over too: Transmission sends the user's real address there whatever way the announce
 * takes.
 *
 * <p>Of our own are {@code onion} (in which form onion peers are wanted), {@code sig} and {@code
 * slot} ({@link AnnounceSignature}).
 *
 * <p>Spec: BEP 3, BEP 7, BEP 21, BEP 23. Threads: immutable.
 *
 * @param port as announced, 0 to 65535: 0 and 1 are what libtorrent says behind a proxy
 * @param uploaded bytes since it began, by its own word; 0 if it does not say
 * @param downloaded likewise
 * @param numwant -1 if the client leaves it to the tracker
 * @param key empty if there is none
 * @param ip as announced; empty if there is none
 * @param signature 64 bytes, or none
 * @param slot what the signature is valid for
 */
public record AnnounceRequest(
    InfoHash torrent,
    PeerId peer,
    int port,
    Role role,
    Event event,
    long uploaded,
    long downloaded,
    int numwant,
    Bytes key,
    boolean compact,
    boolean noPeerId,
    String ip,
    OnionForm onion,
    Bytes signature,
    long slot) {
  /** Bytes of a key; clients send 4 or 8. */
  public static final int MAX_KEY_BYTES = 64;

  /** Characters of {@code ip}: an onion address has 62. */
  public static final int MAX_IP_CHARACTERS = 64;

  /** Bytes of {@code sig}. */
  public static final int SIGNATURE_BYTES = 64;

  /** How a client wants to hear of onion peers. */
  public enum OnionForm {
    /** It did not say. */
    UNSAID,
    /** {@code onion=1}: as {@code peers_onion}, 34 bytes each. */
    COMPACT,
    /**
     * {@code onion=names}: as names in the list of dictionaries. For clients that hand names to a
     * proxy; others would ask the system's resolver, so that nobody gets names unasked.
     */
    NAMES
  }

  /**
   * Reads what stands behind the question mark.
   *
   * @throws RequestException with the reason why it cannot be answered
   */
  public static AnnounceRequest parse(String query) throws RequestException {
    Parser parser = new Parser(query);
    QueryString.forEach(query, parser);
    return parser.finish();
  }

  /** What is read; all else is passed over. */
  private enum Parameter {
    INFO_HASH,
    PEER_ID,
    PORT,
    UPLOADED,
    DOWNLOADED,
    LEFT,
    KEY,
    EVENT,
    NUMWANT,
    COMPACT,
    NO_PEER_ID,
    IP,
    ONION,
    SIG,
    SLOT;

    private static final Parameter[] ALL = values();

    private final String text = name().toLowerCase(Locale.ROOT);

    /** Without a string for each name: they come a million times. */
    static @Nullable Parameter at(String query, int at, int length) {
      for (Parameter parameter : ALL) {
        if (parameter.text.length() == length && query.startsWith(parameter.text, at)) {
          return parameter;
        }
      }
      return null;
    }
  }

  /** Collects the parts. Threads: one. */
  private static final class Parser implements QueryString.Part {
    private final String query;
    private @Nullable InfoHash torrent;
    private @Nullable PeerId peer;
    private long port = -1;
    private long left = -1;
    private long uploaded;
    private long downloaded;
    private long numwant = -1;
    private long slot = -1;
    private String event = "";
    private Bytes key = Bytes.EMPTY;
    private Bytes signature = Bytes.EMPTY;
    private boolean compact = true;
    private boolean noPeerId;
    private String ip = "";
    private OnionForm onion = OnionForm.UNSAID;

    Parser(String query) {
      this.query = query;
    }

    @Override
    public void take(int at, int length, int from, int to) throws RequestException {
      Parameter parameter = Parameter.at(query, at, length);
      if (parameter == null) {
        return;
      }
      switch (parameter) {
        case INFO_HASH -> {
          if (torrent != null) {
            throw new RequestException("more than one info_hash");
          }
          torrent = InfoHash.at(bytes(from, to, InfoHash.LENGTH, "bad info_hash"), 0);
        }
        case PEER_ID -> peer = PeerId.at(bytes(from, to, PeerId.LENGTH, "bad peer_id"), 0);
        case PORT -> port = QueryString.number(query, from, to, -1);
        case UPLOADED -> uploaded = QueryString.number(query, from, to, 0);
        case DOWNLOADED -> downloaded = QueryString.number(query, from, to, 0);
        case LEFT -> left = QueryString.number(query, from, to, -1);
        case NUMWANT -> numwant = QueryString.number(query, from, to, -1);
        case EVENT -> event = query.substring(from, to);
        case COMPACT -> compact = !isZero(from, to);
        case NO_PEER_ID -> noPeerId = !isZero(from, to);
        case KEY -> key = QueryString.decode(query, from, to, MAX_KEY_BYTES);
        case IP -> {
          if (to - from > MAX_IP_CHARACTERS * 3) {
            throw new RequestException("a parameter is too long");
          }
          ip = ascii(QueryString.decode(query, from, to, MAX_IP_CHARACTERS));
        }
        case ONION ->
            onion =
                switch (query.substring(from, to)) {
                  case "1" -> OnionForm.COMPACT;
                  case "names" -> OnionForm.NAMES;
                  default -> OnionForm.UNSAID;
                };
        case SIG ->
            signature = Bytes.copyOf(bytes(from, to, SIGNATURE_BYTES, "a signature has 64 bytes"));
        case SLOT -> slot = QueryString.number(query, from, to, -1);
      }
    }

    private byte[] bytes(int from, int to, int length, String wrong) throws RequestException {
      return QueryString.decodeExactly(query, from, to, length, wrong);
    }

    private boolean isZero(int from, int to) {
      return to - from == 1 && query.charAt(from) == '0';
    }

    private static String ascii(Bytes bytes) {
      return new String(bytes.toArray(), java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    AnnounceRequest finish() throws RequestException {
      if (torrent == null) {
        throw new RequestException("missing info_hash");
      }
      if (peer == null) {
        throw new RequestException("missing peer_id");
      }
      if (port < 0 || port > 0xffff) {
        throw new RequestException("missing or bad port");
      }
      Role role = left == 0 ? Role.SEED : event.equals("paused") ? Role.PARTIAL_SEED : Role.LEECHER;
      Event why =
          switch (event) {
            case "started" -> Event.STARTED;
            case "stopped" -> Event.STOPPED;
            case "completed" -> Event.COMPLETED;
            default -> Event.REGULAR;
          };
      return new AnnounceRequest(
          torrent,
          peer,
          (int) port,
          role,
          why,
          uploaded,
          downloaded,
          (int) Math.min(numwant, Integer.MAX_VALUE),
          key,
          compact,
          noPeerId,
          ip,
          onion,
          signature,
          slot);
    }
  }
}
