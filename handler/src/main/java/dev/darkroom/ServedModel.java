package dev.darkroom;

import dev.darkroom.flux.FluxModel;
import org.jspecify.annotations.Nullable;

/**
 * A model as callers know it.
 *
 * @param revision of its checkpoint: the commit it was taken from, where that is known
 */
record ServedModel(String name, FluxModel model, @Nullable String revision) {}
