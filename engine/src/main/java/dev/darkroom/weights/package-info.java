/**
 * Checkpoints in the layouts of Hugging Face: safetensors files mapped without a copy, sharded or not, loaded strictly; their JSON configs.
 */
@NullMarked
package dev.darkroom.weights;

import org.jspecify.annotations.NullMarked;
