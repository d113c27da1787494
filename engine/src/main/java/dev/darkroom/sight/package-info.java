/**
 * What a text encoder that reads pictures beside the prompt sees of those that a job brings, and at which sizes text encoder and autoencoder
 * see them.
 */
@NullMarked
package dev.darkroom.sight;

import org.jspecify.annotations.NullMarked;
