package org.tunic.ledger.consensus;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.tunic.ledger.script.ScriptError;
import org.tunic.ledger.script.ScriptFlags;
import org.tunic.ledger.script.ScriptVerifier;
import org.tunic.ledger.script.SignatureHashes;

/**
 * Checks the scripts of many inputs on a fixed pool, in parts of equal size.
 *
 * <p>Threads: any; the work is done by the pool.
 */
public final class ScriptChecks {
  /** Below this a part costs more to hand over than to do. */
  private static final int FEWEST_INPUTS = 8;

  private final ScriptVerifier verifier;
  private final ExecutorService pool;
  private final int parts;

  /** A transaction whose inputs all are to be checked. */
  record Spend(SignatureHashes hashes) {}

  private record Input(SignatureHashes hashes, int index) {}

  /**
   * @param pool of that many threads, closed by its owner
   * @param parts how many threads it has, at least 1
   */
  public ScriptChecks(ScriptVerifier verifier, ExecutorService pool, int parts) {
    this.verifier = verifier;
    this.pool = pool;
    this.parts = parts;
  }

  void check(List<Spend> spends, ScriptFlags flags) throws RejectedException {
    List<Input> inputs = new ArrayList<>();
    for (Spend spend : spends) {
      for (int i = 0; i < spend.hashes().transaction().inputs().size(); i++) {
        inputs.add(new Input(spend.hashes(), i));
      }
    }
    ScriptError error =
        parts == 1 || inputs.size() < FEWEST_INPUTS ? first(inputs, flags) : divided(inputs, flags);
    if (error != ScriptError.OK) {
      throw RejectedException.invalid("mandatory-script-verify-flag-failed (" + error + ")");
    }
  }

  private ScriptError first(List<Input> inputs, ScriptFlags flags) {
    for (Input input : inputs) {
      ScriptError error = verifier.verify(input.hashes(), input.index(), flags);
      if (error != ScriptError.OK) {
        return error;
      }
    }
    return ScriptError.OK;
  }

  private ScriptError divided(List<Input> inputs, ScriptFlags flags) {
    List<Future<ScriptError>> answers = new ArrayList<>();
    int size = (inputs.size() + parts - 1) / parts;
    for (int from = 0; from < inputs.size(); from += size) {
      List<Input> part = inputs.subList(from, Math.min(from + size, inputs.size()));
      answers.add(pool.submit(() -> first(part, flags)));
    }
    ScriptError found = ScriptError.OK;
    for (Future<ScriptError> answer : answers) {
      ScriptError error = await(answer);
      found = found == ScriptError.OK ? error : found;
    }
    return found;
  }

  private static ScriptError await(Future<ScriptError> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while scripts were checked", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a check of scripts broke", e);
    }
  }
}
