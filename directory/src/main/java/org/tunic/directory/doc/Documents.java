package org.tunic.directory.doc;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

/**
 * Many documents in one text, as answers and cache files hold them.
 *
 * <p>Threads: any, because all functions are pure.
 */
public final class Documents {
  private static final Logger log = LoggerFactory.getLogger(Documents.class);

  private Documents() {}

  /** Reads one document. */
  @FunctionalInterface
  public interface Parser<T> {
    /** The document in {@code text}. */
    T parse(NetdocText text) throws DocumentSyntaxException;
  }

  /**
   * Reads documents that stand one after the other. Malformed ones are left out: one bad descriptor
   * must not cost us the others, and whoever asked for it will miss it.
   *
   * @param firstKeyword the keyword each of them starts with
   */
  public static <T> List<T> parseAll(NetdocText text, String firstKeyword, Parser<T> parser) {
    List<NetdocText> parts = text.split(firstKeyword);
    List<T> all = new ArrayList<>(parts.size());
    for (NetdocText part : parts) {
      try {
        all.add(parser.parse(part));
      } catch (DocumentSyntaxException e) {
        log.debug("left out a malformed document: {}", e.getMessage());
      }
    }
    return all;
  }
}
