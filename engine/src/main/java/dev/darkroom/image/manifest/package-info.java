/** The places in the files of pictures and films where content credentials lie: finding them, and making room for them. */
@NullMarked
package dev.darkroom.image.manifest;

import org.jspecify.annotations.NullMarked;
