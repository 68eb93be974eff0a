package org.tunic.directory.fetch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;

/**
 * A transport to servers that live in the test: each serves the documents of the C tor network,
 * unless told to be dead, empty or a liar.
 *
 * <p>Threads: any; guarded by {@code this}.
 */
final class FakeDirectory implements DirectoryTransport {
  /** How a server behaves. */
  enum Mood {
    HONEST,
    DEAD,
    /** Answers 404 to everything. */
    EMPTY,
    /** Sends well-formed documents with a byte changed. */
    LIAR,
    /** Sends noise. */
    NOISE
  }

  record Asked(RsaIdentity server, String path) {}

  final List<Asked> asked = new ArrayList<>();
  private final Map<RsaIdentity, Mood> moods = new HashMap<>();
  private Mood others = Mood.HONEST;
  private String consensus = "consensus";
  private String microdescConsensus = "consensus-microdesc";

  synchronized void be(DirAuthority authority, Mood mood) {
    moods.put(authority.fingerprint(), mood);
  }

  synchronized void allBe(Mood mood) {
    moods.clear();
    others = mood;
  }

  synchronized long requests(String pathPrefix) {
    return asked.stream().filter(a -> a.path.startsWith(pathPrefix)).count();
  }

  @Override
  public synchronized DirAnswer exchange(DirServer target, DirRequest request)
      throws DirFetchException {
    RsaIdentity id = target.ids().rsa();
    asked.add(new Asked(id, request.path()));
    return switch (moods.getOrDefault(id, others)) {
      case HONEST -> answer(request);
      case DEAD -> throw new DirFetchException(DirFetchException.Reason.UNREACHABLE);
      case EMPTY -> DirAnswer.empty(404, "Not found");
      case LIAR -> DirAnswer.ok(changed(answer(request).body()));
      case NOISE -> DirAnswer.ok(Bytes.copyOf("\0\1noise\n".getBytes(StandardCharsets.US_ASCII)));
    };
  }

  private static Bytes changed(Bytes body) {
    String text = new String(body.toArray(), StandardCharsets.ISO_8859_1);
    String changed =
        text.replace("Bandwidth=96", "Bandwidth=97")
            .replace("uptime ", "uptime 1")
            .replace("dir-key-expires 2027", "dir-key-expires 2028")
            .replace("ntor-onion-key ", "ntor-onion-key A");
    return Bytes.copyOf(changed.getBytes(StandardCharsets.ISO_8859_1));
  }

  private DirAnswer answer(DirRequest request) {
    String path = request.path();
    if (path.startsWith("/tor/status-vote/current/consensus-microdesc/")) {
      return ok(CtorDocs.text(microdescConsensus).text());
    }
    if (path.startsWith("/tor/status-vote/current/consensus/")) {
      return ok(CtorDocs.text(consensus).text());
    }
    StringBuilder found = new StringBuilder();
    if (path.startsWith("/tor/keys/fp-sk/")) {
      for (KeyCertificate c : CtorDocs.certificates()) {
        if (path.contains(c.identity().hex() + "-" + c.signingKeyDigest().hex())) {
          found.append(c.text().text());
        }
      }
    } else if (path.startsWith("/tor/micro/d/")) {
      for (Microdescriptor m : Microdescriptor.parseAll(CtorDocs.text("microdescriptors"))) {
        if (path.contains(m.digestBase64())) {
          found.append(m.text().text());
        }
      }
    } else if (path.startsWith("/tor/server/d/")) {
      for (RouterDescriptor d : RouterDescriptor.parseAll(CtorDocs.text("server-descriptors"))) {
        if (path.contains(d.digest().hex().toUpperCase(java.util.Locale.ROOT))) {
          found.append(d.text().text());
        }
      }
    }
    return found.isEmpty() ? DirAnswer.empty(404, "Not found") : ok(found.toString());
  }

  private static DirAnswer ok(String latin1) {
    return DirAnswer.ok(Bytes.copyOf(latin1.getBytes(StandardCharsets.ISO_8859_1)));
  }
}
