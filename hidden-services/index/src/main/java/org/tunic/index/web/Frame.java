package org.tunic.index.web;

/**
 * What is around every page.
 *
 * <p>Threads: immutable.
 *
 * @param title of the page
 * @param site its name
 * @param words in the search box
 * @param user account that is signed in; empty for nobody
 * @param moderator whether it may moderate
 */
public record Frame(String title, String site, String words, String user, boolean moderator) {}
