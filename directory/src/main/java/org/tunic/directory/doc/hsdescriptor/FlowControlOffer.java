package org.tunic.directory.doc.hsdescriptor;

/**
 * The flow control that a service speaks end to end.
 *
 * <p>Spec: rend-spec/hsdesc-encrypt, proposals/324 section 10.3
 *
 * <p>Threads: immutable.
 *
 * @param versions of the subprotocol FlowCtrl, as {@code 1-2}
 * @param sendmeIncrement DATA cells for each SENDME, 1 to 255
 */
public record FlowControlOffer(String versions, int sendmeIncrement) {}
