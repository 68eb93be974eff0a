package org.tunic.index.web;

import org.tunic.crypto.bytes.Bytes;

/**
 * What a browser or another program asks.
 *
 * <p>Threads: immutable.
 *
 * @param post whether it changes something: POST, not GET or HEAD
 * @param path without the query, as sent
 * @param query behind the question mark
 * @param host as the Host header says, if that is the name and port of something; else empty
 * @param cookie of the session; empty for none
 * @param contentType of the body
 * @param body of a POST
 */
public record WebRequest(
    boolean post,
    String path,
    Query query,
    String host,
    String cookie,
    String contentType,
    Bytes body) {}
