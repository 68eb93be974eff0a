package org.tunic.index.web;

import java.util.List;

/**
 * A torrent on its own page.
 *
 * <p>Threads: immutable.
 *
 * @param id info hash in hexadecimal digits
 * @param name made harmless
 * @param notice why it is hidden; empty if it is not
 * @param file link to the torrent
 * @param magnet link
 * @param category label
 * @param categoryLink to a search for it
 * @param size as text
 * @param files how many
 * @param pieces their length as text
 * @param date as text
 * @param uploader account; empty for nobody
 * @param peers as text, with the age of the figures
 * @param v1 hash; empty for none
 * @param v2 hash; empty for none
 * @param isPrivate whether peers are found through the tracker only
 * @param tags words
 * @param trackers addresses
 * @param description made harmless
 * @param tree files
 * @param unseen files that are not in the tree
 * @param report link to the form
 * @param reports what visitors said, for moderators
 * @param token for the form of moderators; empty for others
 */
public record Details(
    String id,
    String name,
    String notice,
    String file,
    String magnet,
    String category,
    String categoryLink,
    String size,
    int files,
    String pieces,
    String date,
    String uploader,
    String peers,
    String v1,
    String v2,
    boolean isPrivate,
    List<String> tags,
    List<String> trackers,
    String description,
    List<FileNode> tree,
    int unseen,
    String report,
    List<String> reports,
    String token) {}
