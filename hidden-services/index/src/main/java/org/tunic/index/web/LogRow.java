package org.tunic.index.web;

/**
 * A line of the log, or a report.
 *
 * <p>Threads: immutable.
 *
 * @param date as text
 * @param actor account; empty for a visitor
 * @param action in a word
 * @param subject name of a torrent or account, made harmless
 * @param link to it; empty for none
 * @param reason made harmless
 */
public record LogRow(
    String date, String actor, String action, String subject, String link, String reason) {}
