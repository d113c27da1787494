/** Layers: records over weights, each with the shapes it maps. */
@NullMarked
package dev.darkroom.nn;

import org.jspecify.annotations.NullMarked;
