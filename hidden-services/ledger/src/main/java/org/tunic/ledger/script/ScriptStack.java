package org.tunic.ledger.script;

import java.util.ArrayList;
import java.util.List;

/**
 * A stack of byte strings. Elements are never changed, so they may be shared between stacks.
 *
 * <p>Depths count from the top, which is 1. Asking for what is not there fails the script.
 *
 * <p>Threads: one.
 */
final class ScriptStack {
  static final byte[] TRUE = {1};
  static final byte[] FALSE = {};

  private final List<byte[]> elements;

  ScriptStack() {
    this.elements = new ArrayList<>();
  }

  ScriptStack(List<byte[]> elements) {
    this.elements = new ArrayList<>(elements);
  }

  ScriptStack copy() {
    return new ScriptStack(elements);
  }

  int size() {
    return elements.size();
  }

  List<byte[]> elements() {
    return elements;
  }

  void need(int depth) throws ScriptException {
    if (elements.size() < depth) {
      throw new ScriptException(ScriptError.INVALID_STACK_OPERATION);
    }
  }

  byte[] top(int depth) throws ScriptException {
    need(depth);
    return elements.get(elements.size() - depth);
  }

  byte[] pop() throws ScriptException {
    need(1);
    return elements.removeLast();
  }

  void push(byte[] element) {
    elements.add(element);
  }

  void push(boolean value) {
    elements.add(value ? TRUE : FALSE);
  }

  void drop(int count) throws ScriptException {
    need(count);
    elements.subList(elements.size() - count, elements.size()).clear();
  }

  byte[] remove(int depth) throws ScriptException {
    need(depth);
    return elements.remove(elements.size() - depth);
  }

  /** Puts {@code element} so that it is at {@code depth} afterwards. */
  void insert(int depth, byte[] element) {
    elements.add(elements.size() - depth + 1, element);
  }

  /** Copies the {@code count} elements whose lowest is at {@code depth} to the top, in order. */
  void duplicate(int depth, int count) throws ScriptException {
    need(depth);
    int from = elements.size() - depth;
    for (int i = 0; i < count; i++) {
      elements.add(elements.get(from + i));
    }
  }

  boolean isTopTrue() throws ScriptException {
    return ScriptNumber.isTrue(top(1));
  }
}
