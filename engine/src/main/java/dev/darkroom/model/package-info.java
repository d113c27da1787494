/** What a model is to the rest of the worker, whatever its family, and which of its networks are in memory. */
@NullMarked
package dev.darkroom.model;

import org.jspecify.annotations.NullMarked;
