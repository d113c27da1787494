/** The names that other writers give to tensors: which tensors of a network they stand for, whole or cut by rows. */
@NullMarked
package dev.darkroom.weights.names;

import org.jspecify.annotations.NullMarked;
