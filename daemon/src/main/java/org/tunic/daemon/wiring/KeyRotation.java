package org.tunic.daemon.wiring;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.daemon.config.FileProblem;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.RelayKeystore;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.router.guard.StateFile;

/**
 * Renews the keys of a relay while it runs: link keys of the day, the signing key before its
 * certificate ends, onion keys when they are as old as the consensus says. The onion keys before
 * those stay good for handshakes for the grace period, because clients know them from older
 * directories.
 *
 * <p>The time of the last rotation stands in the state file as {@code LastRotatedOnionKey}, where C
 * tor keeps it; where that is missing or older than the file, the age of the file counts.
 *
 * <p>Spec: tor-spec/relay-keys. Threads: {@link #tick} by one at a time; it blocks on the disk.
 */
final class KeyRotation {
  private static final Logger LOG = LoggerFactory.getLogger(KeyRotation.class);

  /** Seconds between two looks. */
  static final int PERIOD_SECONDS = 60;

  private static final String LAST_ROTATED = "LastRotatedOnionKey";
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final int DEFAULT_ROTATION_DAYS = 28;
  private static final int MAX_ROTATION_DAYS = 90;
  private static final int DEFAULT_GRACE_DAYS = 7;

  private final RelayKeystore keystore;
  private final LinkCredentials credentials;
  private final StateFile state;
  private final InstantSource clock;
  private final Supplier<ConsensusParameters> parameters;
  private final Runnable changed;

  /**
   * @param parameters those of the consensus
   * @param changed told after keys that the descriptor names were renewed
   */
  KeyRotation(
      RelayKeystore keystore,
      LinkCredentials credentials,
      StateFile state,
      InstantSource clock,
      Supplier<ConsensusParameters> parameters,
      Runnable changed) {
    this.keystore = keystore;
    this.credentials = credentials;
    this.state = state;
    this.clock = clock;
    this.parameters = parameters;
    this.changed = changed;
  }

  /** Renews what is due. What fails is tried again at the next look. */
  void tick() {
    boolean renewed = false;
    try {
      renewed = renewSigningKey();
      renewed |= rotateOnionKeys();
    } catch (KeystoreException e) {
      LOG.warn("Keys were not renewed: {}", e.getMessage());
    } catch (IOException e) {
      LOG.warn("The state file cannot be changed: {}", FileProblem.of(e));
    }
    credentials.renew();
    if (renewed) {
      changed.run();
    }
  }

  private boolean renewSigningKey() throws KeystoreException {
    if (clock.instant().isBefore(keystore.signingKeyRenewalTime())) {
      return false;
    }
    Instant before = keystore.signingKeyRenewalTime();
    keystore.renewSigningKey();
    boolean renewed = keystore.signingKeyRenewalTime().isAfter(before);
    if (renewed) {
      LOG.info("Made a new signing key.");
    }
    return renewed;
  }

  private boolean rotateOnionKeys() throws KeystoreException, IOException {
    int rotationDays =
        parameters
            .get()
            .get("onion-key-rotation-days", DEFAULT_ROTATION_DAYS, 1, MAX_ROTATION_DAYS);
    int graceDays =
        parameters.get().get("onion-key-grace-period-days", DEFAULT_GRACE_DAYS, 1, rotationDays);
    Instant now = clock.instant();
    Instant since = since(now);
    if (!now.isBefore(since.plus(Duration.ofDays(rotationDays)))) {
      keystore.rotateOnionKeys();
      note(now);
      LOG.info("Made new onion keys.");
      return true;
    }
    if (!now.isBefore(since.plus(Duration.ofDays(graceDays)))
        && keystore.forgetPreviousOnionKeys()) {
      LOG.info("The onion keys before the present ones are no longer accepted.");
    }
    return false;
  }

  /** When the present onion keys came into use: a crash may have come before it was noted. */
  private Instant since(Instant now) throws KeystoreException, IOException {
    Instant made = keystore.onionKeysSince();
    Optional<Instant> noted = noted().filter(time -> !time.isAfter(now));
    if (noted.isEmpty()) {
      note(made);
      return made;
    }
    return noted.get().isAfter(made) ? noted.get() : made;
  }

  private Optional<Instant> noted() throws IOException {
    List<String> values = state.read().values(LAST_ROTATED);
    if (values.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDateTime.parse(values.getLast(), STAMP).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private void note(Instant time) throws IOException {
    String stamp = STAMP.format(time.atOffset(ZoneOffset.UTC));
    state.update(document -> document.with(LAST_ROTATED, List.of(stamp)));
  }
}
