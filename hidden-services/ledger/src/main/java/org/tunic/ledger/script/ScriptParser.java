package org.tunic.ledger.script;

import java.util.Arrays;

/**
 * Steps through the operations of a script.
 *
 * <p>Threads: one.
 */
final class ScriptParser {
  private final byte[] code;
  private int at;
  private int opcode;
  private int dataStart;
  private int dataEnd;

  ScriptParser(byte[] code) {
    this.code = code;
  }

  boolean hasNext() {
    return at < code.length;
  }

  /** Goes on at {@code position}. */
  void seek(int position) {
    at = position;
  }

  /** Position behind the operation that was read last. */
  int position() {
    return at;
  }

  /** Reads one operation; false if it is cut, and then nothing more can be read. */
  boolean next() {
    opcode = code[at++] & 0xff;
    dataStart = at;
    dataEnd = at;
    if (opcode > Op.PUSHDATA4) {
      return true;
    }
    int lengthBytes =
        switch (opcode) {
          case Op.PUSHDATA1 -> 1;
          case Op.PUSHDATA2 -> 2;
          case Op.PUSHDATA4 -> 4;
          default -> 0;
        };
    if (code.length - at < lengthBytes) {
      return false;
    }
    long length = lengthBytes == 0 ? opcode : 0;
    for (int i = 0; i < lengthBytes; i++) {
      length |= (code[at + i] & 0xffL) << (8 * i);
    }
    if (length > code.length - at - lengthBytes) {
      return false;
    }
    dataStart = at + lengthBytes;
    dataEnd = dataStart + (int) length;
    at = dataEnd;
    return true;
  }

  int opcode() {
    return opcode;
  }

  boolean isPush() {
    return opcode <= Op.PUSHDATA4;
  }

  int dataLength() {
    return dataEnd - dataStart;
  }

  byte[] data() {
    return Arrays.copyOfRange(code, dataStart, dataEnd);
  }

  /** Whether the push is the shortest for its data. */
  boolean isMinimalPush() {
    int length = dataLength();
    if (length == 0) {
      return opcode == Op.FALSE;
    }
    if (length == 1) {
      int value = code[dataStart] & 0xff;
      if ((value >= 1 && value <= 16) || value == 0x81) {
        return false; // there is an operation for it
      }
    }
    if (length <= 75) {
      return opcode == length;
    }
    return length <= 0xff ? opcode == Op.PUSHDATA1 : opcode <= Op.PUSHDATA2 || length > 0xffff;
  }
}
