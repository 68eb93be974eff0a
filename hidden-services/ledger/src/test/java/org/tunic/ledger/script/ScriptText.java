package org.tunic.ledger.script;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Scripts in the notation of the vectors: numbers, 'text', 0x bytes taken as they are, and names of
 * operations with or without {@code OP_}.
 */
final class ScriptText {
  private static final Map<String, Integer> OPCODES = opcodes();

  private ScriptText() {}

  private static Map<String, Integer> opcodes() {
    Map<String, Integer> opcodes = new HashMap<>();
    for (int opcode = Op.NOP; opcode <= 0xff; opcode++) {
      String name = Op.name(opcode);
      if (!name.equals("OP_UNKNOWN")) {
        opcodes.put(name, opcode);
        opcodes.put(name.substring(3), opcode);
      }
    }
    opcodes.put("RESERVED", Op.RESERVED);
    opcodes.put("OP_RESERVED", Op.RESERVED);
    return opcodes;
  }

  static byte[] parse(String text) {
    WireWriter out = new WireWriter();
    for (String word : text.trim().split("\\s+", -1)) {
      if (word.isEmpty()) {
        continue;
      }
      if (word.matches("-?[0-9]+")) {
        out.bytes(Scripts.pushNumber(Long.parseLong(word)));
      } else if (word.startsWith("0x")) {
        out.bytes(HexFormat.of().parseHex(word.substring(2)));
      } else if (word.startsWith("'") && word.endsWith("'") && word.length() >= 2) {
        out.bytes(
            Scripts.push(word.substring(1, word.length() - 1).getBytes(StandardCharsets.US_ASCII)));
      } else if (OPCODES.containsKey(word)) {
        out.u8(OPCODES.get(word));
      } else {
        throw new AssertionError("no such operation: " + word);
      }
    }
    return out.toArray();
  }

  static ScriptFlags flags(String text) {
    ScriptFlags flags = ScriptFlags.NONE;
    for (String word : text.split(",", -1)) {
      if (!word.isEmpty() && !word.equals("NONE")) {
        flags = flags.with(flag(word));
      }
    }
    return flags;
  }

  private static ScriptFlag flag(String word) {
    return ScriptFlag.valueOf(word);
  }
}
