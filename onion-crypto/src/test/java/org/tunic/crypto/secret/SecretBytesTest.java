package org.tunic.crypto.secret;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SecretBytesTest {
  @Test
  void close_ownedArray_isWipedAndClosed() {
    byte[] array = {1, 2, 3};
    SecretBytes secret = SecretBytes.takeOwnership(array);
    assertSame(array, secret.borrow());
    SecretBytes copy = secret.copy();
    secret.close();
    secret.close();
    assertArrayEquals(new byte[3], array);
    assertThrows(IllegalStateException.class, secret::borrow);
    assertArrayEquals(new byte[] {1, 2, 3}, copy.borrow());
  }

  @Test
  void copyOf_sourceWiped_keepsItsOwn() {
    byte[] array = {1, 2, 3};
    SecretBytes secret = SecretBytes.copyOf(array, 1, 2);
    SecretBytes.wipe(array);
    assertArrayEquals(new byte[] {2, 3}, secret.borrow());
    assertEquals(2, secret.length());
  }

  @Test
  void constantTime_equality_isEquality() {
    byte[] a = {1, 2, 3, 4};
    assertTrue(ConstantTime.equals(a, a.clone()));
    assertFalse(ConstantTime.equals(a, new byte[] {1, 2, 3}));
    assertTrue(ConstantTime.equals(a, 1, new byte[] {2, 3}, 0, 2));
    assertFalse(ConstantTime.equals(a, 0, new byte[] {2, 3}, 0, 2));
    assertTrue(ConstantTime.isZero(new byte[5]));
    assertFalse(ConstantTime.isZero(new byte[] {0, 0, -128}));
    assertTrue(SecretBytes.copyOf(a).constantTimeEquals(a));
    assertTrue(SecretBytes.copyOf(a).constantTimeEquals(SecretBytes.copyOf(a)));
  }
}
