/**
 * Checkpoints in the layouts of Hugging Face: safetensors files, sharded or not, mapped without a copy or copied to a card, loaded strictly;
 * their JSON configs.
 */
@NullMarked
package dev.darkroom.weights;

import org.jspecify.annotations.NullMarked;
