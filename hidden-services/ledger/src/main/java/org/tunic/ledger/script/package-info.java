/**
 * What a signature signs, and the machine that runs scripts.
 *
 * <p>Begin with {@link org.tunic.ledger.script.ScriptVerifier}, which checks one input; {@link
 * org.tunic.ledger.script.Interpreter} runs one script for it, {@link
 * org.tunic.ledger.script.SignatureHashes} says what is signed. Behaviour is Bitcoin Core's, error
 * by error; its vectors judge it.
 *
 * <p>Spec: BIP 16, 65, 66, 112, 141, 143, 146, 147, 341, 342.
 *
 * <p>Threads: values are immutable; a run belongs to one thread, and inputs of one transaction can
 * be checked by many.
 */
@NullMarked
package org.tunic.ledger.script;

import org.jspecify.annotations.NullMarked;
