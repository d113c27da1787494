/** Source images in, results out: decoding, encoding, and where pictures are kept. */
@NullMarked
package dev.darkroom.store;

import org.jspecify.annotations.NullMarked;
