package org.tunic.ledger.script;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Operations of scripts by number, 0 to 255, and their names.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Op {
  static final int FALSE = 0x00;
  static final int PUSHDATA1 = 0x4c;
  static final int PUSHDATA2 = 0x4d;
  static final int PUSHDATA4 = 0x4e;
  static final int NEGATE_1 = 0x4f;
  static final int RESERVED = 0x50;
  static final int TRUE = 0x51;
  static final int SIXTEEN = 0x60;
  static final int NOP = 0x61;
  static final int VER = 0x62;
  static final int IF = 0x63;
  static final int NOTIF = 0x64;
  static final int VERIF = 0x65;
  static final int VERNOTIF = 0x66;
  static final int ELSE = 0x67;
  static final int ENDIF = 0x68;
  static final int VERIFY = 0x69;
  static final int RETURN = 0x6a;
  static final int TOALTSTACK = 0x6b;
  static final int FROMALTSTACK = 0x6c;
  static final int DROP_2 = 0x6d;
  static final int DUP_2 = 0x6e;
  static final int DUP_3 = 0x6f;
  static final int OVER_2 = 0x70;
  static final int ROT_2 = 0x71;
  static final int SWAP_2 = 0x72;
  static final int IFDUP = 0x73;
  static final int DEPTH = 0x74;
  static final int DROP = 0x75;
  static final int DUP = 0x76;
  static final int NIP = 0x77;
  static final int OVER = 0x78;
  static final int PICK = 0x79;
  static final int ROLL = 0x7a;
  static final int ROT = 0x7b;
  static final int SWAP = 0x7c;
  static final int TUCK = 0x7d;
  static final int SIZE = 0x82;
  static final int EQUAL = 0x87;
  static final int EQUALVERIFY = 0x88;
  static final int ADD_1 = 0x8b;
  static final int SUB_1 = 0x8c;
  static final int NEGATE = 0x8f;
  static final int ABS = 0x90;
  static final int NOT = 0x91;
  static final int NOTEQUAL_0 = 0x92;
  static final int ADD = 0x93;
  static final int SUB = 0x94;
  static final int BOOLAND = 0x9a;
  static final int BOOLOR = 0x9b;
  static final int NUMEQUAL = 0x9c;
  static final int NUMEQUALVERIFY = 0x9d;
  static final int NUMNOTEQUAL = 0x9e;
  static final int LESSTHAN = 0x9f;
  static final int GREATERTHAN = 0xa0;
  static final int LESSTHANOREQUAL = 0xa1;
  static final int GREATERTHANOREQUAL = 0xa2;
  static final int MIN = 0xa3;
  static final int MAX = 0xa4;
  static final int WITHIN = 0xa5;
  static final int RIPEMD160 = 0xa6;
  static final int SHA1 = 0xa7;
  static final int SHA256 = 0xa8;
  static final int HASH160 = 0xa9;
  static final int HASH256 = 0xaa;
  static final int CODESEPARATOR = 0xab;
  static final int CHECKSIG = 0xac;
  static final int CHECKSIGVERIFY = 0xad;
  static final int CHECKMULTISIG = 0xae;
  static final int CHECKMULTISIGVERIFY = 0xaf;
  static final int NOP1 = 0xb0;
  static final int CHECKLOCKTIMEVERIFY = 0xb1;
  static final int CHECKSEQUENCEVERIFY = 0xb2;
  static final int NOP4 = 0xb3;
  static final int NOP10 = 0xb9;
  static final int CHECKSIGADD = 0xba;

  private static final Map<Integer, String> NAMES = names();

  private Op() {}

  private static Map<Integer, String> names() {
    Map<Integer, String> names = new TreeMap<>();
    String table =
        """
        00 0
        4c PUSHDATA1 PUSHDATA2 PUSHDATA4 -1 RESERVED 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
        61 NOP VER IF NOTIF VERIF VERNOTIF ELSE ENDIF VERIFY RETURN TOALTSTACK FROMALTSTACK
        6d 2DROP 2DUP 3DUP 2OVER 2ROT 2SWAP IFDUP DEPTH DROP DUP NIP OVER PICK ROLL ROT SWAP TUCK
        7e CAT SUBSTR LEFT RIGHT SIZE INVERT AND OR XOR EQUAL EQUALVERIFY RESERVED1 RESERVED2
        8b 1ADD 1SUB 2MUL 2DIV NEGATE ABS NOT 0NOTEQUAL ADD SUB MUL DIV MOD LSHIFT RSHIFT
        9a BOOLAND BOOLOR NUMEQUAL NUMEQUALVERIFY NUMNOTEQUAL LESSTHAN GREATERTHAN
        a1 LESSTHANOREQUAL GREATERTHANOREQUAL MIN MAX WITHIN RIPEMD160 SHA1 SHA256 HASH160 HASH256
        ab CODESEPARATOR CHECKSIG CHECKSIGVERIFY CHECKMULTISIG CHECKMULTISIGVERIFY NOP1
        b1 CHECKLOCKTIMEVERIFY CHECKSEQUENCEVERIFY NOP4 NOP5 NOP6 NOP7 NOP8 NOP9 NOP10 CHECKSIGADD
        """;
    table
        .lines()
        .forEach(
            line -> {
              String[] words = line.split(" ", -1);
              int first = Integer.parseInt(words[0], 16);
              for (int i = 1; i < words.length; i++) {
                names.put(first + i - 1, words[i]);
              }
            });
    return Map.copyOf(names);
  }

  /** As Bitcoin prints it: {@code OP_DUP}, but numbers bare; {@code OP_UNKNOWN} for the rest. */
  public static String name(int opcode) {
    String name = Objects.requireNonNullElse(NAMES.get(opcode), "UNKNOWN");
    boolean number = Character.isDigit(name.charAt(name.length() - 1)) && name.length() <= 2;
    return number ? name : "OP_" + name;
  }

  /** Operations that BIP 342 leaves for later: whatever holds one succeeds. */
  static boolean isSuccess(int opcode) {
    return opcode == 80
        || opcode == 98
        || (opcode >= 126 && opcode <= 129)
        || (opcode >= 131 && opcode <= 134)
        || (opcode >= 137 && opcode <= 138)
        || (opcode >= 141 && opcode <= 142)
        || (opcode >= 149 && opcode <= 153)
        || (opcode >= 187 && opcode <= 254);
  }

  /** Operations that were switched off in 2010; a script fails even where it skips one. */
  static boolean isDisabled(int opcode) {
    return (opcode >= 0x7e && opcode <= 0x81)
        || (opcode >= 0x83 && opcode <= 0x86)
        || (opcode >= 0x8d && opcode <= 0x8e)
        || (opcode >= 0x95 && opcode <= 0x99);
  }
}
