/**
 * How far away things in a picture are: Depth Anything V2, its checkpoint as transformers writes it, and the map that it gives at the
 * picture's size.
 */
@NullMarked
package dev.darkroom.depth;

import org.jspecify.annotations.NullMarked;
