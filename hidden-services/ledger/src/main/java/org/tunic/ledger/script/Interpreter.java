package org.tunic.ledger.script;

import java.util.Arrays;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Ripemd160;
import org.tunic.crypto.digest.Sha;
import org.tunic.ledger.curve.EcdsaSignature;

/**
 * Runs one script on a stack.
 *
 * <p>Three dialects share the machine: scripts of the first release, those of witness version 0
 * (BIP 143: another hash is signed) and tapscript (BIP 342: Schnorr signatures, no limit on
 * operations but one on signatures). Which error comes first is part of the behaviour.
 *
 * <p>Threads: one; made for one run.
 */
final class Interpreter {
  static final int MAX_SCRIPT_BYTES = 10_000;
  static final int MAX_ELEMENT_BYTES = 520;
  static final int MAX_STACK = 1000;
  private static final int MAX_OPERATIONS = 201;
  private static final int MAX_KEYS = 20;
  private static final int SIGNATURE_WEIGHT = 50;
  private static final long NO_CODE_SEPARATOR = 0xffff_ffffL;

  /** Which rules of signing and counting hold. */
  enum Dialect {
    BASE,
    SEGWIT,
    TAPSCRIPT
  }

  /**
   * What a tapscript may spend and what its signatures commit to.
   *
   * @param weightLeft 50 for each signature are taken from it
   */
  record Leaf(Bytes hash, Bytes annexHash, long weightLeft) {
    static final Leaf NONE = new Leaf(Bytes.EMPTY, Bytes.EMPTY, 0);
  }

  private final InputContext context;
  private final ScriptFlags flags;
  private final Dialect dialect;
  private final byte[] script;
  private final ScriptStack stack;
  private final ScriptStack alternative = new ScriptStack();
  private final Leaf leaf;
  private final boolean minimal;
  private final ConditionStack conditions = new ConditionStack();

  private long weightLeft;
  private int operations;
  private int signedFrom;
  private long codeSeparator = NO_CODE_SEPARATOR;

  Interpreter(
      InputContext context,
      ScriptFlags flags,
      Dialect dialect,
      byte[] script,
      ScriptStack stack,
      Leaf leaf) {
    this.context = context;
    this.flags = flags;
    this.dialect = dialect;
    this.script = script;
    this.stack = stack;
    this.leaf = leaf;
    this.weightLeft = leaf.weightLeft();
    this.minimal = flags.has(ScriptFlag.MINIMALDATA);
  }

  /** The nesting of IF: how deep it is, and where the outermost branch is that is not taken. */
  private static final class ConditionStack {
    private static final int NOWHERE = -1;
    private int depth;
    private int firstFalse = NOWHERE;

    boolean isEmpty() {
      return depth == 0;
    }

    boolean allTrue() {
      return firstFalse == NOWHERE;
    }

    void push(boolean value) {
      if (!value && allTrue()) {
        firstFalse = depth;
      }
      depth++;
    }

    void pop() {
      depth--;
      if (firstFalse == depth) {
        firstFalse = NOWHERE;
      }
    }

    void toggle() {
      if (allTrue()) {
        firstFalse = depth - 1;
      } else if (firstFalse == depth - 1) {
        firstFalse = NOWHERE;
      }
    }
  }

  /** Runs all of the script; the stack is what is left. */
  void run() throws ScriptException {
    boolean counted = dialect != Dialect.TAPSCRIPT;
    if (counted && script.length > MAX_SCRIPT_BYTES) {
      throw new ScriptException(ScriptError.SCRIPT_SIZE);
    }
    ScriptParser parser = new ScriptParser(script);
    for (long position = 0; parser.hasNext(); position++) {
      if (!parser.next()) {
        throw new ScriptException(ScriptError.BAD_OPCODE);
      }
      if (parser.dataLength() > MAX_ELEMENT_BYTES) {
        throw new ScriptException(ScriptError.PUSH_SIZE);
      }
      int opcode = parser.opcode();
      if (counted && opcode > Op.SIXTEEN) {
        count(1);
      }
      if (Op.isDisabled(opcode)) {
        throw new ScriptException(ScriptError.DISABLED_OPCODE);
      }
      if (opcode == Op.CODESEPARATOR
          && dialect == Dialect.BASE
          && flags.has(ScriptFlag.CONST_SCRIPTCODE)) {
        throw new ScriptException(ScriptError.OP_CODESEPARATOR);
      }
      boolean executes = conditions.allTrue();
      if (executes && parser.isPush()) {
        if (minimal && !parser.isMinimalPush()) {
          throw new ScriptException(ScriptError.MINIMALDATA);
        }
        stack.push(parser.data());
      } else if (opcode >= Op.IF && opcode <= Op.ENDIF) {
        condition(opcode, executes);
      } else if (executes) {
        if (opcode == Op.CODESEPARATOR) {
          signedFrom = parser.position();
          codeSeparator = position;
        } else {
          execute(opcode);
        }
      }
      if (stack.size() + alternative.size() > MAX_STACK) {
        throw new ScriptException(ScriptError.STACK_SIZE);
      }
    }
    if (!conditions.isEmpty()) {
      throw new ScriptException(ScriptError.UNBALANCED_CONDITIONAL);
    }
  }

  private void count(int more) throws ScriptException {
    operations += more;
    if (operations > MAX_OPERATIONS) {
      throw new ScriptException(ScriptError.OP_COUNT);
    }
  }

  private void condition(int opcode, boolean executes) throws ScriptException {
    switch (opcode) {
      case Op.IF, Op.NOTIF -> {
        boolean value = false;
        if (executes) {
          byte[] top = stack.top(1);
          boolean isMinimal = top.length == 0 || (top.length == 1 && top[0] == 1);
          if (!isMinimal && dialect == Dialect.TAPSCRIPT) {
            throw new ScriptException(ScriptError.TAPSCRIPT_MINIMALIF);
          }
          if (!isMinimal && dialect == Dialect.SEGWIT && flags.has(ScriptFlag.MINIMALIF)) {
            throw new ScriptException(ScriptError.MINIMALIF);
          }
          value = ScriptNumber.isTrue(top) == (opcode == Op.IF);
          stack.pop();
        }
        conditions.push(value);
      }
      case Op.ELSE, Op.ENDIF -> {
        if (conditions.isEmpty()) {
          throw new ScriptException(ScriptError.UNBALANCED_CONDITIONAL);
        }
        if (opcode == Op.ELSE) {
          conditions.toggle();
        } else {
          conditions.pop();
        }
      }
      default -> throw new ScriptException(ScriptError.BAD_OPCODE); // VERIF and VERNOTIF
    }
  }

  private void execute(int opcode) throws ScriptException {
    switch (opcode) {
      case Op.NEGATE_1 -> stack.push(ScriptNumber.encode(-1));
      case Op.NOP -> {}
      case Op.CHECKLOCKTIMEVERIFY -> checkLockTime();
      case Op.CHECKSEQUENCEVERIFY -> checkSequence();
      case Op.VERIFY -> verify(ScriptError.VERIFY);
      case Op.RETURN -> throw new ScriptException(ScriptError.OP_RETURN);
      case Op.RIPEMD160, Op.SHA1, Op.SHA256, Op.HASH160, Op.HASH256 -> hash(opcode);
      case Op.CHECKSIG, Op.CHECKSIGVERIFY -> checkSignature(opcode == Op.CHECKSIGVERIFY);
      case Op.CHECKSIGADD -> addSignature();
      case Op.CHECKMULTISIG, Op.CHECKMULTISIGVERIFY ->
          checkSignatures(opcode == Op.CHECKMULTISIGVERIFY);
      default -> {
        if (opcode >= Op.TRUE && opcode <= Op.SIXTEEN) {
          stack.push(ScriptNumber.encode(opcode - Op.TRUE + 1L));
        } else if (opcode == Op.NOP1 || (opcode >= Op.NOP4 && opcode <= Op.NOP10)) {
          if (flags.has(ScriptFlag.DISCOURAGE_UPGRADABLE_NOPS)) {
            throw new ScriptException(ScriptError.DISCOURAGE_UPGRADABLE_NOPS);
          }
        } else if (opcode >= Op.TOALTSTACK && opcode <= Op.EQUALVERIFY) {
          move(opcode);
        } else if (opcode >= Op.ADD_1 && opcode <= Op.NOTEQUAL_0) {
          unary(opcode);
        } else if (opcode >= Op.ADD && opcode <= Op.WITHIN) {
          arithmetic(opcode);
        } else {
          throw new ScriptException(ScriptError.BAD_OPCODE);
        }
      }
    }
  }

  private void verify(ScriptError otherwise) throws ScriptException {
    if (!stack.isTopTrue()) {
      throw new ScriptException(otherwise);
    }
    stack.pop();
  }

  // ---- lock times

  private void checkLockTime() throws ScriptException {
    if (!flags.has(ScriptFlag.CHECKLOCKTIMEVERIFY)) {
      return; // NOP2 as it was
    }
    long wanted = ScriptNumber.decode(stack.top(1), minimal, ScriptNumber.LOCK_TIME_BYTES);
    if (wanted < 0) {
      throw new ScriptException(ScriptError.NEGATIVE_LOCKTIME);
    }
    if (!context.isLockTimeReached(wanted)) {
      throw new ScriptException(ScriptError.UNSATISFIED_LOCKTIME);
    }
  }

  private void checkSequence() throws ScriptException {
    if (!flags.has(ScriptFlag.CHECKSEQUENCEVERIFY)) {
      return; // NOP3 as it was
    }
    long wanted = ScriptNumber.decode(stack.top(1), minimal, ScriptNumber.LOCK_TIME_BYTES);
    if (wanted < 0) {
      throw new ScriptException(ScriptError.NEGATIVE_LOCKTIME);
    }
    if (!InputContext.isSequenceDisabled(wanted) && !context.isSequenceReached(wanted)) {
      throw new ScriptException(ScriptError.UNSATISFIED_LOCKTIME);
    }
  }

  // ---- stack

  private void move(int opcode) throws ScriptException {
    switch (opcode) {
      case Op.TOALTSTACK -> alternative.push(stack.pop());
      case Op.FROMALTSTACK -> {
        if (alternative.size() < 1) {
          throw new ScriptException(ScriptError.INVALID_ALTSTACK_OPERATION);
        }
        stack.push(alternative.pop());
      }
      case Op.DROP_2 -> stack.drop(2);
      case Op.DUP_2 -> stack.duplicate(2, 2);
      case Op.DUP_3 -> stack.duplicate(3, 3);
      case Op.OVER_2 -> stack.duplicate(4, 2);
      case Op.ROT_2 -> {
        stack.need(6);
        stack.push(stack.remove(6));
        stack.push(stack.remove(6));
      }
      case Op.SWAP_2 -> {
        stack.need(4);
        stack.push(stack.remove(4));
        stack.push(stack.remove(4));
      }
      case Op.IFDUP -> {
        if (stack.isTopTrue()) {
          stack.duplicate(1, 1);
        }
      }
      case Op.DEPTH -> stack.push(ScriptNumber.encode(stack.size()));
      case Op.DROP -> stack.pop();
      case Op.DUP -> stack.duplicate(1, 1);
      case Op.NIP -> {
        stack.need(2);
        stack.remove(2);
      }
      case Op.OVER -> stack.duplicate(2, 1);
      case Op.PICK, Op.ROLL -> {
        stack.need(2);
        long depth = number(1);
        stack.pop();
        if (depth < 0 || depth >= stack.size()) {
          throw new ScriptException(ScriptError.INVALID_STACK_OPERATION);
        }
        int at = (int) depth + 1;
        stack.push(opcode == Op.ROLL ? stack.remove(at) : stack.top(at));
      }
      case Op.ROT -> {
        stack.need(3);
        stack.push(stack.remove(3));
      }
      case Op.SWAP -> {
        stack.need(2);
        stack.push(stack.remove(2));
      }
      case Op.TUCK -> {
        stack.need(2);
        stack.insert(3, stack.top(1));
      }
      case Op.SIZE -> stack.push(ScriptNumber.encode(stack.top(1).length));
      case Op.EQUAL, Op.EQUALVERIFY -> {
        stack.need(2);
        boolean equal = Arrays.equals(stack.top(1), stack.top(2));
        stack.drop(2);
        stack.push(equal);
        if (opcode == Op.EQUALVERIFY) {
          verify(ScriptError.EQUALVERIFY);
        }
      }
      default -> throw new ScriptException(ScriptError.BAD_OPCODE); // RESERVED1 and 2
    }
  }

  // ---- arithmetic

  private long number(int depth) throws ScriptException {
    return ScriptNumber.decode(stack.top(depth), minimal, ScriptNumber.OPERAND_BYTES);
  }

  private void unary(int opcode) throws ScriptException {
    long a = number(1);
    long result =
        switch (opcode) {
          case Op.ADD_1 -> a + 1;
          case Op.SUB_1 -> a - 1;
          case Op.NEGATE -> -a;
          case Op.ABS -> Math.abs(a);
          case Op.NOT -> a == 0 ? 1 : 0;
          default -> a == 0 ? 0 : 1; // 0NOTEQUAL
        };
    stack.pop();
    stack.push(ScriptNumber.encode(result));
  }

  private void arithmetic(int opcode) throws ScriptException {
    if (opcode == Op.WITHIN) {
      stack.need(3);
      long x = number(3);
      long least = number(2);
      long beyond = number(1);
      stack.drop(3);
      stack.push(least <= x && x < beyond);
      return;
    }
    stack.need(2);
    long a = number(2);
    long b = number(1);
    long result =
        switch (opcode) {
          case Op.ADD -> a + b;
          case Op.SUB -> a - b;
          case Op.MIN -> Math.min(a, b);
          case Op.MAX -> Math.max(a, b);
          case Op.BOOLAND -> bit(a != 0 && b != 0);
          case Op.BOOLOR -> bit(a != 0 || b != 0);
          case Op.NUMEQUAL, Op.NUMEQUALVERIFY -> bit(a == b);
          case Op.NUMNOTEQUAL -> bit(a != b);
          case Op.LESSTHAN -> bit(a < b);
          case Op.GREATERTHAN -> bit(a > b);
          case Op.LESSTHANOREQUAL -> bit(a <= b);
          default -> bit(a >= b); // GREATERTHANOREQUAL
        };
    stack.drop(2);
    stack.push(ScriptNumber.encode(result));
    if (opcode == Op.NUMEQUALVERIFY) {
      verify(ScriptError.NUMEQUALVERIFY);
    }
  }

  private static long bit(boolean value) {
    return value ? 1 : 0;
  }

  // ---- hashes

  private void hash(int opcode) throws ScriptException {
    byte[] input = stack.pop();
    stack.push(
        switch (opcode) {
          case Op.RIPEMD160 -> Ripemd160.of(input);
          case Op.SHA1 -> Sha.sha1(input);
          case Op.SHA256 -> Sha.sha256(input);
          case Op.HASH160 -> Ripemd160.of(Sha.sha256(input));
          default -> Sha.sha256(Sha.sha256(input)); // HASH256
        });
  }

  // ---- signatures

  private byte[] signed() {
    return signedFrom == 0 ? script : Arrays.copyOfRange(script, signedFrom, script.length);
  }

  private void checkSignature(boolean verifies) throws ScriptException {
    byte[] signature = stack.top(2);
    byte[] key = stack.top(1);
    boolean success =
        dialect == Dialect.TAPSCRIPT ? isSignedSchnorr(signature, key) : isSigned(signature, key);
    stack.drop(2);
    stack.push(success);
    if (verifies) {
      verify(ScriptError.CHECKSIGVERIFY);
    }
  }

  private void addSignature() throws ScriptException {
    if (dialect != Dialect.TAPSCRIPT) {
      throw new ScriptException(ScriptError.BAD_OPCODE);
    }
    byte[] signature = stack.top(3);
    long sum = number(2);
    boolean success = isSignedSchnorr(signature, stack.top(1));
    stack.drop(3);
    stack.push(ScriptNumber.encode(sum + (success ? 1 : 0)));
  }

  private boolean isSigned(byte[] signature, byte[] key) throws ScriptException {
    byte[] code = withoutSignature(signed(), signature);
    checkEncodings(signature, key);
    boolean success = context.checkEcdsa(signature, key, code, dialect == Dialect.SEGWIT);
    if (!success && flags.has(ScriptFlag.NULLFAIL) && signature.length > 0) {
      throw new ScriptException(ScriptError.NULLFAIL);
    }
    return success;
  }

  /** In the first release a signature cannot sign itself, so it is cut out of what is signed. */
  private byte[] withoutSignature(byte[] code, byte[] signature) throws ScriptException {
    if (dialect != Dialect.BASE) {
      return code;
    }
    byte[] rest = Scripts.findAndDelete(code, Scripts.push(signature));
    if (rest.length != code.length && flags.has(ScriptFlag.CONST_SCRIPTCODE)) {
      throw new ScriptException(ScriptError.SIG_FINDANDDELETE);
    }
    return rest;
  }

  private boolean isSignedSchnorr(byte[] signature, byte[] key) throws ScriptException {
    boolean success = signature.length > 0;
    if (success) {
      weightLeft -= SIGNATURE_WEIGHT;
      if (weightLeft < 0) {
        throw new ScriptException(ScriptError.TAPSCRIPT_VALIDATION_WEIGHT);
      }
    }
    switch (key.length) {
      case 0 -> throw new ScriptException(ScriptError.TAPSCRIPT_EMPTY_PUBKEY);
      case 32 -> {
        if (success) {
          context.checkSchnorr(
              signature,
              key,
              new SignatureHashes.TaprootContext(leaf.annexHash(), leaf.hash(), codeSeparator));
        }
      }
      default -> {
        if (flags.has(ScriptFlag.DISCOURAGE_UPGRADABLE_PUBKEYTYPE)) {
          throw new ScriptException(ScriptError.DISCOURAGE_UPGRADABLE_PUBKEYTYPE);
        }
      }
    }
    return success;
  }

  private void checkSignatures(boolean verifies) throws ScriptException {
    if (dialect == Dialect.TAPSCRIPT) {
      throw new ScriptException(ScriptError.TAPSCRIPT_CHECKMULTISIG);
    }
    long keys = number(1);
    if (keys < 0 || keys > MAX_KEYS) {
      throw new ScriptException(ScriptError.PUBKEY_COUNT);
    }
    int keyCount = (int) keys;
    count(keyCount);
    stack.need(keyCount + 2);
    long signatures = number(keyCount + 2);
    if (signatures < 0 || signatures > keys) {
      throw new ScriptException(ScriptError.SIG_COUNT);
    }
    int signatureCount = (int) signatures;
    stack.need(keyCount + signatureCount + 3); // one more than it uses: a mistake that is law
    int firstSignature = keyCount + 3;
    byte[] code = signed();
    for (int i = 0; i < signatureCount; i++) {
      code = withoutSignature(code, stack.top(firstSignature + i));
    }
    boolean success = matchSignatures(code, keyCount, signatureCount, firstSignature);
    if (!success && flags.has(ScriptFlag.NULLFAIL)) {
      for (int i = 0; i < signatureCount; i++) {
        if (stack.top(firstSignature + i).length > 0) {
          throw new ScriptException(ScriptError.NULLFAIL);
        }
      }
    }
    stack.drop(keyCount + signatureCount + 2);
    if (flags.has(ScriptFlag.NULLDUMMY) && stack.top(1).length > 0) {
      throw new ScriptException(ScriptError.SIG_NULLDUMMY);
    }
    stack.pop();
    stack.push(success);
    if (verifies) {
      verify(ScriptError.CHECKMULTISIGVERIFY);
    }
  }

  /** Signatures come in the order of their keys, so each key is tried once. */
  private boolean matchSignatures(byte[] code, int keyCount, int signatureCount, int first)
      throws ScriptException {
    int keysLeft = keyCount;
    int signaturesLeft = signatureCount;
    int signatureAt = first;
    for (int keyAt = 2; signaturesLeft > 0; keyAt++) {
      byte[] signature = stack.top(signatureAt);
      byte[] key = stack.top(keyAt);
      checkEncodings(signature, key);
      if (context.checkEcdsa(signature, key, code, dialect == Dialect.SEGWIT)) {
        signatureAt++;
        signaturesLeft--;
      }
      keysLeft--;
      if (signaturesLeft > keysLeft) {
        return false;
      }
    }
    return true;
  }

  private void checkEncodings(byte[] signature, byte[] key) throws ScriptException {
    boolean strict = flags.has(ScriptFlag.STRICTENC);
    boolean low = flags.has(ScriptFlag.LOW_S);
    if (signature.length > 0) {
      if ((strict || low || flags.has(ScriptFlag.DERSIG))
          && !EcdsaSignature.isStrictDer(signature)) {
        throw new ScriptException(ScriptError.SIG_DER);
      }
      if (low && !EcdsaSignature.isLowS(Arrays.copyOf(signature, signature.length - 1))) {
        throw new ScriptException(ScriptError.SIG_HIGH_S);
      }
      int kind = signature[signature.length - 1] & 0xff & ~SignatureHashes.ANYONE_CAN_PAY;
      if (strict && (kind < SignatureHashes.ALL || kind > SignatureHashes.SINGLE)) {
        throw new ScriptException(ScriptError.SIG_HASHTYPE);
      }
    }
    if (strict && !isCompressed(key) && !(key.length == 65 && key[0] == 4)) {
      throw new ScriptException(ScriptError.PUBKEYTYPE);
    }
    if (dialect == Dialect.SEGWIT
        && flags.has(ScriptFlag.WITNESS_PUBKEYTYPE)
        && !isCompressed(key)) {
      throw new ScriptException(ScriptError.WITNESS_PUBKEYTYPE);
    }
  }

  private static boolean isCompressed(byte[] key) {
    return key.length == 33 && (key[0] == 2 || key[0] == 3);
  }
}
