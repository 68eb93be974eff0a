/**
 * The site: {@link org.tunic.index.web.Site} answers requests with pages, feeds and files. Pages
 * are templates ({@code src/main/jte}), which become classes whose parameters are the records here;
 * whatever they put in is escaped for the place where it stands.
 *
 * <p>Pages need no script, load nothing from elsewhere and are smaller than 50 kB.
 *
 * <p>Not here: Torznab ({@code torznab}), HTTP ({@code http}).
 *
 * <p>Spec: none. Threads: any; one call answers one request.
 */
@NullMarked
package org.tunic.index.web;

import org.jspecify.annotations.NullMarked;
