package org.tunic.directory.authority.descriptors;

/**
 * What became of an upload; several documents in one give the worst.
 *
 * @param kind what happened
 * @param reason the words behind the status code, C tor's where it has any
 *     <p>Spec: dir-spec/accepting-relay-documents. Threads: immutable.
 */
public record UploadOutcome(Kind kind, String reason) {
  static final UploadOutcome STORED = new UploadOutcome(Kind.STORED, "[None]");

  /** From best to worst. */
  public enum Kind {
    /** Kept: answer 200. */
    STORED,
    /** The descriptor was kept, its extra-info was not: answer 400. */
    BAD_EXTRA_INFO,
    /** Nothing new: answer 200 and say so in a header. */
    NOT_NEW,
    /** Refused: answer 400. */
    REFUSED
  }

  static UploadOutcome refused(String reason) {
    return new UploadOutcome(Kind.REFUSED, reason);
  }

  static UploadOutcome notNew(String reason) {
    return new UploadOutcome(Kind.NOT_NEW, reason);
  }

  UploadOutcome worse(UploadOutcome other) {
    return other.kind.compareTo(kind) > 0 ? other : this;
  }
}
