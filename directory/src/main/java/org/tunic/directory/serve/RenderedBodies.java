package org.tunic.directory.serve;

import java.util.HashMap;
import java.util.List;
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

  private record Rendered(List<Object> sources, Bytes body) {}

  /**
   * The body made earlier, if it was made from the same objects.
   *
   * @param name what it is
   * @param sources the immutable objects the body follows from
   */
  synchronized Bytes body(String name, List<Object> sources, Supplier<Bytes> render) {
    Rendered known = bodies.get(name);
    if (known == null || !areSame(known.sources(), sources)) {
      known = new Rendered(sources, render.get());
      bodies.put(name, known);
    }
    return known.body();
  }

  /** Whether they are the same objects: comparing megabytes would cost more than it saves. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean areSame(List<Object> some, List<Object> others) {
    boolean same = some.size() == others.size();
    for (int i = 0; same && i < some.size(); i++) {
      same = some.get(i) == others.get(i);
    }
    return same;
  }
}
