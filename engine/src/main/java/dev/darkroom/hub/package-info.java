/**
 * Origins of models: folders in diffusers layout, caches in the layout of Hugging Face's tools, and a hub to download from into such a
 * cache.
 */
@NullMarked
package dev.darkroom.hub;

import org.jspecify.annotations.NullMarked;
