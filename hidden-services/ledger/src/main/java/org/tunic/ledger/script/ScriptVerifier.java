package org.tunic.ledger.script;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Ripemd160;
import org.tunic.crypto.digest.Sha;
import org.tunic.ledger.curve.Curve;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.TxInput;

/**
 * Checks that an input may spend its output: scriptSig and scriptPubKey, the script behind a hash
 * (BIP 16), the witness program (BIP 141) and taproot (BIP 341).
 *
 * <p>Threads: any, because it has no state of its own.
 */
public final class ScriptVerifier {
  private static final int ANNEX = 0x50;
  private static final int LEAF_MASK = 0xfe;
  private static final int TAPSCRIPT_LEAF = 0xc0;
  private static final int CONTROL_BASE = 33;
  private static final int CONTROL_NODE = 32;
  private static final int CONTROL_MAX_NODES = 128;

  private final Curve curve;

  /** Checks signatures with {@code curve}. */
  public ScriptVerifier(Curve curve) {
    this.curve = curve;
  }

  /** {@link ScriptError#OK} if input {@code index} may spend its output under {@code flags}. */
  public ScriptError verify(SignatureHashes hashes, int index, ScriptFlags flags) {
    try {
      new Input(new InputContext(curve, hashes, index), flags).check();
      return ScriptError.OK;
    } catch (ScriptException e) {
      return e.error();
    }
  }

  /** One input under one set of rules. */
  private record Input(InputContext context, ScriptFlags flags) {

    void check() throws ScriptException {
      TxInput input = context.hashes().transaction().inputs().get(context.index());
      byte[] scriptSig = input.scriptSig().toArray();
      Script scriptPubKey = context.hashes().spent(context.index()).scriptPubKey();
      if (flags.has(ScriptFlag.SIGPUSHONLY) && !Scripts.isPushOnly(scriptSig)) {
        throw new ScriptException(ScriptError.SIG_PUSHONLY);
      }
      ScriptStack stack = new ScriptStack();
      run(scriptSig, stack);
      ScriptStack pushed = flags.has(ScriptFlag.P2SH) ? stack.copy() : stack;
      run(scriptPubKey.toArray(), stack);
      expectTrue(stack);
      boolean hadWitness = false;
      if (flags.has(ScriptFlag.WITNESS) && scriptPubKey.isWitnessProgram()) {
        hadWitness = true;
        if (scriptSig.length > 0) {
          throw new ScriptException(ScriptError.WITNESS_MALLEATED);
        }
        checkProgram(scriptPubKey, input.witness(), false);
        keepOne(stack);
      }
      if (flags.has(ScriptFlag.P2SH) && scriptPubKey.isPayToScriptHash()) {
        if (!Scripts.isPushOnly(scriptSig)) {
          throw new ScriptException(ScriptError.SIG_PUSHONLY);
        }
        stack = pushed;
        byte[] code = stack.pop();
        run(code, stack);
        expectTrue(stack);
        Script inner = Script.of(code);
        if (flags.has(ScriptFlag.WITNESS) && inner.isWitnessProgram()) {
          hadWitness = true;
          if (!Arrays.equals(scriptSig, Scripts.push(code))) {
            throw new ScriptException(ScriptError.WITNESS_MALLEATED_P2SH);
          }
          checkProgram(inner, input.witness(), true);
          keepOne(stack);
        }
      }
      if (flags.has(ScriptFlag.CLEANSTACK) && stack.size() != 1) {
        throw new ScriptException(ScriptError.CLEANSTACK);
      }
      if (flags.has(ScriptFlag.WITNESS) && !hadWitness && !input.witness().isEmpty()) {
        throw new ScriptException(ScriptError.WITNESS_UNEXPECTED);
      }
    }

    private void run(byte[] script, ScriptStack stack) throws ScriptException {
      new Interpreter(
              context, flags, Interpreter.Dialect.BASE, script, stack, Interpreter.Leaf.NONE)
          .run();
    }

    private static void expectTrue(ScriptStack stack) throws ScriptException {
      if (stack.size() == 0 || !stack.isTopTrue()) {
        throw new ScriptException(ScriptError.EVAL_FALSE);
      }
    }

    /** A witness program leaves one element, whatever its version. */
    private static void keepOne(ScriptStack stack) {
      List<byte[]> elements = stack.elements();
      elements.subList(1, elements.size()).clear();
    }

    private void checkProgram(Script scriptPubKey, List<Bytes> witness, boolean behindHash)
        throws ScriptException {
      byte[] program = scriptPubKey.witnessProgram();
      int version = scriptPubKey.witnessVersion();
      if (version == 0) {
        checkSegwit(program, witness);
      } else if (version == 1 && program.length == 32 && !behindHash) {
        if (flags.has(ScriptFlag.TAPROOT)) {
          checkTaproot(program, witness);
        }
      } else if (!isAnchor(version, program, behindHash)
          && flags.has(ScriptFlag.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM)) {
        throw new ScriptException(ScriptError.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM);
      }
    }

    /** Pay-to-anchor: anybody may spend it, to add a fee. */
    private static boolean isAnchor(int version, byte[] program, boolean behindHash) {
      return version == 1
          && !behindHash
          && program.length == 2
          && program[0] == 0x4e
          && program[1] == 0x73;
    }

    private void checkSegwit(byte[] program, List<Bytes> witness) throws ScriptException {
      switch (program.length) {
        case 32 -> {
          if (witness.isEmpty()) {
            throw new ScriptException(ScriptError.WITNESS_PROGRAM_WITNESS_EMPTY);
          }
          byte[] script = witness.getLast().toArray();
          if (!Arrays.equals(Sha.sha256(script), program)) {
            throw new ScriptException(ScriptError.WITNESS_PROGRAM_MISMATCH);
          }
          runWitness(
              Interpreter.Dialect.SEGWIT,
              script,
              elements(witness, witness.size() - 1),
              Interpreter.Leaf.NONE);
        }
        case Ripemd160.LENGTH -> {
          if (witness.size() != 2) {
            throw new ScriptException(ScriptError.WITNESS_PROGRAM_MISMATCH);
          }
          runWitness(
              Interpreter.Dialect.SEGWIT,
              Scripts.payToPublicKeyHash(program).toArray(),
              elements(witness, 2),
              Interpreter.Leaf.NONE);
        }
        default -> throw new ScriptException(ScriptError.WITNESS_PROGRAM_WRONG_LENGTH);
      }
    }

    private void checkTaproot(byte[] program, List<Bytes> witness) throws ScriptException {
      if (witness.isEmpty()) {
        throw new ScriptException(ScriptError.WITNESS_PROGRAM_WITNESS_EMPTY);
      }
      int size = witness.size();
      Bytes annexHash = Bytes.EMPTY;
      Bytes last = witness.getLast();
      if (size >= 2 && last.length() > 0 && last.at(0) == ANNEX) {
        annexHash = InputContext.annexHash(last);
        size--;
      }
      if (size == 1) {
        context.checkSchnorr(
            witness.getFirst().toArray(),
            program,
            new SignatureHashes.TaprootContext(annexHash, Bytes.EMPTY, 0));
        return;
      }
      byte[] control = witness.get(size - 1).toArray();
      byte[] script = witness.get(size - 2).toArray();
      byte[] leafHash = checkCommitment(program, control, script);
      int leafVersion = control[0] & LEAF_MASK;
      if (leafVersion == TAPSCRIPT_LEAF) {
        long weight = context.hashes().transaction().inputs().get(context.index()).witnessLength();
        runWitness(
            Interpreter.Dialect.TAPSCRIPT,
            script,
            elements(witness, size - 2),
            new Interpreter.Leaf(Bytes.copyOf(leafHash), annexHash, weight + 50));
      } else if (flags.has(ScriptFlag.DISCOURAGE_UPGRADABLE_TAPROOT_VERSION)) {
        throw new ScriptException(ScriptError.DISCOURAGE_UPGRADABLE_TAPROOT_VERSION);
      }
    }

    /** That the output's key is the internal key tweaked with the root above this leaf. */
    private byte[] checkCommitment(byte[] program, byte[] control, byte[] script)
        throws ScriptException {
      int path = control.length - CONTROL_BASE;
      if (path < 0 || path > CONTROL_NODE * CONTROL_MAX_NODES || path % CONTROL_NODE != 0) {
        throw new ScriptException(ScriptError.TAPROOT_WRONG_CONTROL_SIZE);
      }
      byte[] leafHash = TaggedHash.leaf(control[0] & LEAF_MASK, script);
      byte[] node = leafHash;
      for (int at = CONTROL_BASE; at < control.length; at += CONTROL_NODE) {
        byte[] other = Arrays.copyOfRange(control, at, at + CONTROL_NODE);
        node =
            Arrays.compareUnsigned(node, other) < 0
                ? TaggedHash.BRANCH.of(node, other)
                : TaggedHash.BRANCH.of(other, node);
      }
      byte[] internal = Arrays.copyOfRange(control, 1, CONTROL_BASE);
      byte[] tweak = TaggedHash.TWEAK.of(internal, node);
      if (!context.curve().isTweaked(program, (control[0] & 1) == 1, internal, tweak)) {
        throw new ScriptException(ScriptError.WITNESS_PROGRAM_MISMATCH);
      }
      return leafHash;
    }

    private static List<byte[]> elements(List<Bytes> witness, int count) {
      List<byte[]> elements = new ArrayList<>(count);
      for (Bytes item : witness.subList(0, count)) {
        elements.add(item.toArray());
      }
      return elements;
    }

    private void runWitness(
        Interpreter.Dialect dialect, byte[] script, List<byte[]> elements, Interpreter.Leaf leaf)
        throws ScriptException {
      if (dialect == Interpreter.Dialect.TAPSCRIPT) {
        if (hasSuccess(script)) {
          if (flags.has(ScriptFlag.DISCOURAGE_OP_SUCCESS)) {
            throw new ScriptException(ScriptError.DISCOURAGE_OP_SUCCESS);
          }
          return;
        }
        if (elements.size() > Interpreter.MAX_STACK) {
          throw new ScriptException(ScriptError.STACK_SIZE);
        }
      }
      for (byte[] element : elements) {
        if (element.length > Interpreter.MAX_ELEMENT_BYTES) {
          throw new ScriptException(ScriptError.PUSH_SIZE);
        }
      }
      ScriptStack stack = new ScriptStack(elements);
      new Interpreter(context, flags, dialect, script, stack, leaf).run();
      // Within a witness a clean stack is consensus, and the error says false in both cases.
      if (stack.size() != 1) {
        throw new ScriptException(ScriptError.CLEANSTACK);
      }
      if (!stack.isTopTrue()) {
        throw new ScriptException(ScriptError.EVAL_FALSE);
      }
    }

    private static boolean hasSuccess(byte[] script) throws ScriptException {
      ScriptParser parser = new ScriptParser(script);
      while (parser.hasNext()) {
        if (!parser.next()) {
          throw new ScriptException(ScriptError.BAD_OPCODE);
        }
        if (Op.isSuccess(parser.opcode())) {
          return true;
        }
      }
      return false;
    }
  }
}
