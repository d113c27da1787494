/** The tensors in a component's files: where each lies, under which name, in which type and with which scale. */
@NullMarked
package dev.darkroom.weights.file;

import org.jspecify.annotations.NullMarked;
