package org.tunic.tracker.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.tunic.directory.store.AtomicFiles;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerId;

/**
 * The members of a tracker, and what each has moved.
 *
 * <p>A client says with each announce what it has uploaded and downloaded since it began. What it
 * said last is remembered for each peer, and the difference goes to its account; the first announce
 * that is seen of a peer says where to begin, so that nothing is counted twice after a restart.
 * Clients may lie: the totals are their word.
 *
 * <p>Bounds: {@link #MAX_PEERS} peers are remembered; of further ones nothing is counted. A peer
 * that does not come back is forgotten by {@link #expire}.
 *
 * <p>The file of totals has a line for each account: name, bytes uploaded, bytes downloaded,
 * torrents completed. An account that is taken from the list keeps its line.
 *
 * <p>Threads: any.
 */
public final class Accounts {
  /** Peers whose last words are remembered. */
  public static final int MAX_PEERS = 1_000_000;

  private record Peer(InfoHash torrent, PeerId id) {}

  private record Said(Account account, long uploaded, long downloaded, long seenSeconds) {}

  private final InstantSource clock;
  private final int mostPeers;
  private final ConcurrentHashMap<String, Totals> totals = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Peer, Said> peers = new ConcurrentHashMap<>();

  /** Null while the tracker is for everybody. */
  private volatile @Nullable AccountList list;

  /** For everybody, until a list comes. */
  public Accounts(InstantSource clock) {
    this(clock, MAX_PEERS);
  }

  Accounts(InstantSource clock, int mostPeers) {
    this.clock = clock;
    this.mostPeers = mostPeers;
  }

  /** Serves the accounts of this list only, from now on. */
  public void serve(AccountList accounts) {
    list = accounts;
  }

  /**
   * Whether a request is served.
   *
   * @param passkey of its path; empty if there is none
   */
  public Admission admit(String passkey) {
    AccountList accounts = list;
    if (accounts == null) {
      return new Admission.Everybody();
    }
    Optional<Account> account = accounts.of(passkey);
    if (account.isEmpty()) {
      return new Admission.Refused(passkey.isEmpty() ? "missing passkey" : "unknown passkey");
    }
    return account.get().isExpired(clock.instant())
        ? new Admission.Refused("this passkey has expired")
        : new Admission.Member(account.get());
  }

  /** Counts what a peer of this account says with an announce that was taken. */
  public void count(Account account, AnnounceRequest announce) {
    long now = clock.millis() / 1000;
    Peer peer = new Peer(announce.torrent(), announce.peer());
    Said before = peers.get(peer);
    boolean stopped = announce.event() == Event.STOPPED;
    if (stopped) {
      peers.remove(peer);
    } else if (before != null || peers.size() < mostPeers) {
      peers.put(peer, new Said(account, announce.uploaded(), announce.downloaded(), now));
    }
    if (before == null || !before.account.equals(account)) {
      return;
    }
    long up = Math.max(0, announce.uploaded() - before.uploaded);
    long down = Math.max(0, announce.downloaded() - before.downloaded);
    boolean completed = announce.event() == Event.COMPLETED;
    if (up > 0 || down > 0 || completed) {
      totals.merge(
          account.name(),
          Totals.NONE.plus(up, down, completed),
          (sum, more) -> sum.plus(more.uploaded(), more.downloaded(), more.completed() > 0));
    }
  }

  /** What an account of this name has moved. */
  public Totals of(String name) {
    return totals.getOrDefault(name, Totals.NONE);
  }

  /** Accounts there are; 0 if the tracker is for everybody. */
  public int size() {
    AccountList accounts = list;
    return accounts == null ? 0 : accounts.size();
  }

  /** Forgets what peers said that have not been heard of for {@code ttl}. */
  public void expire(Duration ttl) {
    long deadline = clock.millis() / 1000 - ttl.toSeconds();
    peers.values().removeIf(said -> said.seenSeconds < deadline);
  }

  /**
   * Writes the totals; the file is replaced at once, mode 0600.
   *
   * @throws IOException if that failed; the old file is as it was
   */
  public void save(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Totals> entry : new TreeMap<>(totals).entrySet()) {
      Totals sum = entry.getValue();
      text.append(entry.getKey()).append(' ').append(sum.uploaded()).append(' ');
      text.append(sum.downloaded()).append(' ').append(sum.completed()).append('\n');
    }
    AtomicFiles.write(file, text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Reads totals before the first announce; without a file there are none.
   *
   * @throws IOException if the file cannot be read or is damaged; its message names the line
   */
  public void restore(Path file) throws IOException {
    int number = 0;
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
        number++;
        String[] words = line.split(" ", -1);
        if (words.length != 4) {
          throw new IOException(file + ":" + number + ": a line has a name and three numbers");
        }
        totals.put(
            words[0],
            new Totals(
                Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3])));
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (NumberFormatException e) {
      throw new IOException(file + ":" + number + ": a line has a name and three numbers", e);
    }
  }
}
