/** Rules of which hosts this worker may call because a caller asks for it: source images, buckets, webhooks. */
@NullMarked
package dev.darkroom.net;

import org.jspecify.annotations.NullMarked;
