/** The interface of models of any family, and the bookkeeping of the networks that are in memory. */
@NullMarked
package dev.darkroom.model;

import org.jspecify.annotations.NullMarked;
