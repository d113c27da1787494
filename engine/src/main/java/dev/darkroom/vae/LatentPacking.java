package dev.darkroom.vae;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;

/**
 * Conversion of latents to tokens and back: every 2×2 places become one token, channel slowest.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux.py}, {@code _pack_latents} and {@code _unpack_latents}.
 */
public final class LatentPacking {
    private LatentPacking() {}

    /** Packs latents into tokens: {@code [B, C, h, w] → [B, (h/2)·(w/2), 4C]}. */
    public static Tensor pack(Tensor latents) {
        try (var scope = Scope.open("pack")) {
            long b = latents.size(0);
            long c = latents.size(1);
            long h = latents.size(2);
            long w = latents.size(3);
            return scope.keep(latents.reshape(b, c, h / 2, 2, w / 2, 2)
                    .permute(0, 2, 4, 1, 3, 5)
                    .reshape(b, h / 2 * (w / 2), 4 * c));
        }
    }

    /** Unpacks tokens into latents: {@code [B, (h/2)·(w/2), 4C] → [B, C, h, w]}. */
    public static Tensor unpack(Tensor tokens, long h, long w) {
        try (var scope = Scope.open("unpack")) {
            long b = tokens.size(0);
            long c = tokens.size(2) / 4;
            return scope.keep(tokens.reshape(b, h / 2, w / 2, c, 2, 2)
                    .permute(0, 3, 1, 4, 2, 5)
                    .reshape(b, c, h, w));
        }
    }

    /**
     * Packs a mask at the picture's size into tokens: the 8×8 pixels of each latent place become channels, which are packed.
     * {@code [1, 1, 8h, 8w] → [1, (h/2)·(w/2), 256]}
     */
    public static Tensor packMask(Tensor mask) {
        try (var scope = Scope.open("pack mask")) {
            long h = mask.size(2) / 8;
            long w = mask.size(3) / 8;
            Tensor channels = mask.reshape(1, h, 8, w, 8).permute(0, 2, 4, 1, 3).reshape(1, 64, h, w);
            return scope.keep(pack(channels));
        }
    }
}
