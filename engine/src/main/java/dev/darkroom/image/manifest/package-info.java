/** The places in picture files where content credentials lie: finding them, and making room for them. */
@NullMarked
package dev.darkroom.image.manifest;

import org.jspecify.annotations.NullMarked;
