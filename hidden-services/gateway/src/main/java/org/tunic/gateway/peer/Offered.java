package org.tunic.gateway.peer;

import java.util.HashSet;
import java.util.Set;

/**
 * The numbers under which one side takes extended messages, of those that were passed on to the
 * other: at most 255.
 *
 * <p>Spec: BEP 10. Threads: one adds, any asks. What is added is seen before the other side can
 * have heard of it.
 */
final class Offered {
  private volatile Set<Integer> numbers = Set.of();

  void add(Set<Integer> more) {
    Set<Integer> all = new HashSet<>(numbers);
    all.addAll(more);
    numbers = Set.copyOf(all);
  }

  boolean has(int number) {
    return numbers.contains(number);
  }
}
