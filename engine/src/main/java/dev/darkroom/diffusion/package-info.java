/**
 * The parts that all families of diffusion models share, without knowledge of any one family: a checkpoint's networks and caches, a run
 * with every choice made, the denoising loop, latents as tokens, and the model that turns jobs into pictures with a family's pipelines.
 */
@NullMarked
package dev.darkroom.diffusion;

import org.jspecify.annotations.NullMarked;
