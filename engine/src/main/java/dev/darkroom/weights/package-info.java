/**
 * Weights of a network, loaded strictly from a component's files: mapped without a copy, copied to a card, or held in host memory block by
 * block.
 */
@NullMarked
package dev.darkroom.weights;

import org.jspecify.annotations.NullMarked;
