package org.tunic.directory.doc.hsdescriptor;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the inner layer of a descriptor says.
 *
 * <p>Every one offers ntor ({@code create2-formats 2}); without it a descriptor is refused.
 *
 * <p>Spec: rend-spec/hsdesc-encrypt
 *
 * <p>Threads: immutable.
 *
 * @param introAuthRequired whether introductions need an Ed25519 authentication that C tor never
 *     implemented
 * @param singleOnionService whether the service gives up its own anonymity for speed
 * @param flowControlOffer the flow control it speaks end to end; null if it names none
 * @param powParameters the proof of work it suggests; null if none
 * @param introPoints at most {@link #MAX_INTRO_POINTS}; there may be none
 */
public record HsDescriptorContent(
    boolean introAuthRequired,
    boolean singleOnionService,
    @Nullable FlowControlOffer flowControlOffer,
    @Nullable PowParameters powParameters,
    List<HsIntroPoint> introPoints) {
  /** Most introduction points. */
  public static final int MAX_INTRO_POINTS = 20;

  /** Copies the list. */
  public HsDescriptorContent {
    introPoints = List.copyOf(introPoints);
    if (introPoints.size() > MAX_INTRO_POINTS) {
      throw new IllegalArgumentException("more than 20 introduction points");
    }
  }

  /** The flow control it speaks end to end. */
  public Optional<FlowControlOffer> flowControl() {
    return Optional.ofNullable(flowControlOffer);
  }

  /** The proof of work it suggests. */
  public Optional<PowParameters> pow() {
    return Optional.ofNullable(powParameters);
  }
}
