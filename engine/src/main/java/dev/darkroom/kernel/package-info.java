/**
 * CUDA kernels of our own: source text beside this room's classes, compiled by NVRTC when the worker starts, kept on disk, loaded by the
 * driver and launched on tensors' memory, all through Java's foreign-function API. Each kernel stands in for a text operator of the same
 * meaning, and everything here is optional: what is missing is said once, and the text operators compute.
 *
 * <p>This room knows memory and shapes only. Which tensors a kernel gets, and what it is compared with, the room of tensors decides.
 */
@NullMarked
package dev.darkroom.kernel;

import org.jspecify.annotations.NullMarked;
