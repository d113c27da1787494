/** The worker's own pages for browsers: files that come with it, and nothing of a job or a caller in them. */
@NullMarked
package dev.darkroom.page;

import org.jspecify.annotations.NullMarked;
