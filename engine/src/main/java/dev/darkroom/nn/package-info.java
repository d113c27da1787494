/** Layers of networks: records over their weights, each documented with the shapes that it maps. */
@NullMarked
package dev.darkroom.nn;

import org.jspecify.annotations.NullMarked;
