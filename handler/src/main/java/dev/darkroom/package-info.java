/** Darkroom. */
@org.jspecify.annotations.NullMarked
package dev.darkroom;
