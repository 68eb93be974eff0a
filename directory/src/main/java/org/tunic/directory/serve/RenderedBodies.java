package org.tunic.directory.serve;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.tunic.crypto.bytes.Bytes;

/**
 * The bytes of the largest answers, made once and given out many times: a consensus, or all
 * descriptors. The transport knows a document by its object, and so compresses these once, too.
 *
 * <p>It keeps one answer for each name, and names are a handful of constants.
 *
 * <p>Threads: guarded by this.
 */
final class RenderedBodies {
  private final Map<String, Rendered> bodies = new HashMap<>();

  private record Rendered(Object source, Bytes body) {}

  /**
   * The body made earlier, if it was made from the same object.
   *
   * @param name what it is
   * @param source the immutable object the body follows from
   */
  @SuppressWarnings("ReferenceEquality") // comparing megabytes would cost more than it saves
  synchronized Bytes body(String name, Object source, Supplier<Bytes> render) {
    Rendered known = bodies.get(name);
    if (known == null || known.source() != source) {
      known = new Rendered(source, render.get());
      bodies.put(name, known);
    }
    return known.body();
  }
}
