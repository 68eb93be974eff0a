package org.tunic.ledger.address;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.script.Scripts;

/**
 * The prefixes of one chain, and what its addresses stand for.
 *
 * <p>Threads: immutable.
 *
 * @param keyHash first byte of an address of a key's hash
 * @param scriptHash first byte of an address of a script's hash
 * @param secretKey first byte of a private key
 * @param witnessPrefix human-readable part of a witness address, lower case
 */
public record AddressFormat(int keyHash, int scriptHash, int secretKey, String witnessPrefix) {
  private static final int HASH_LENGTH = 20;
  private static final int SECRET_LENGTH = 32;
  private static final int MAX_WITNESS_VERSION = 16;

  /**
   * The script that {@code address} stands for.
   *
   * @throws MalformedException if it is no address of this chain
   */
  public Script parse(String address) throws MalformedException {
    if (address.toLowerCase(Locale.ROOT).startsWith(witnessPrefix + "1")) {
      return parseWitness(Bech32.decode(address));
    }
    byte[] bytes = Base58.decodeChecked(address);
    if (bytes.length == 1 + HASH_LENGTH) {
      byte[] hash = Arrays.copyOfRange(bytes, 1, bytes.length);
      if ((bytes[0] & 0xff) == keyHash) {
        return Scripts.payToPublicKeyHash(hash);
      }
      if ((bytes[0] & 0xff) == scriptHash) {
        return Scripts.payToScriptHash(hash);
      }
    }
    throw new MalformedException("no address of this chain");
  }

  private Script parseWitness(Bech32 text) throws MalformedException {
    if (!text.prefix().equals(witnessPrefix) || text.groups().length() == 0) {
      throw new MalformedException("no address of this chain");
    }
    int version = text.groups().at(0);
    Bech32.Variant wanted = version == 0 ? Bech32.Variant.BECH32 : Bech32.Variant.BECH32M;
    byte[] program = Bech32.toBytes(text.groups(), 1);
    boolean length =
        version == 0
            ? program.length == HASH_LENGTH || program.length == 32
            : program.length >= 2 && program.length <= 40;
    if (version > MAX_WITNESS_VERSION || text.variant() != wanted || !length) {
      throw new MalformedException("no witness address");
    }
    return Scripts.payToWitness(version, program);
  }

  /** The address of {@code script}; empty if there is none for its form. */
  public Optional<String> format(Script script) {
    if (script.isPayToScriptHash()) {
      return Optional.of(checked(scriptHash, script.slice(2, HASH_LENGTH).toArray()));
    }
    if (script.length() == 25
        && script.equals(Scripts.payToPublicKeyHash(script.slice(3, HASH_LENGTH).toArray()))) {
      return Optional.of(checked(keyHash, script.slice(3, HASH_LENGTH).toArray()));
    }
    if (!script.isWitnessProgram()) {
      return Optional.empty();
    }
    int version = script.witnessVersion();
    byte[] program = script.witnessProgram();
    if (version == 0 && program.length != HASH_LENGTH && program.length != 32) {
      return Optional.empty();
    }
    byte[] groups = Bech32.toGroups(program);
    byte[] all = new byte[groups.length + 1];
    all[0] = (byte) version;
    System.arraycopy(groups, 0, all, 1, groups.length);
    Bech32.Variant variant = version == 0 ? Bech32.Variant.BECH32 : Bech32.Variant.BECH32M;
    return Optional.of(new Bech32(variant, witnessPrefix, Bytes.copyOf(all)).encode());
  }

  /**
   * Reads a private key in the form of wallets, and whether its public key is compressed.
   *
   * @throws MalformedException if it is none of this chain
   */
  public SecretKey parseSecret(String text) throws MalformedException {
    byte[] bytes = Base58.decodeChecked(text);
    boolean compressed = bytes.length == SECRET_LENGTH + 2 && bytes[SECRET_LENGTH + 1] == 1;
    if ((!compressed && bytes.length != SECRET_LENGTH + 1) || (bytes[0] & 0xff) != secretKey) {
      Arrays.fill(bytes, (byte) 0);
      throw new MalformedException("no private key of this chain");
    }
    byte[] key = Arrays.copyOfRange(bytes, 1, 1 + SECRET_LENGTH);
    Arrays.fill(bytes, (byte) 0);
    return new SecretKey(key, compressed);
  }

  private static String checked(int prefix, byte[] hash) {
    byte[] bytes = new byte[1 + hash.length];
    bytes[0] = (byte) prefix;
    System.arraycopy(hash, 0, bytes, 1, hash.length);
    return Base58.encodeChecked(bytes);
  }
}
