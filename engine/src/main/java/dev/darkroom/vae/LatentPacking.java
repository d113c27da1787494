package dev.darkroom.vae;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;

/**
 * Conversion of latents to tokens and back: every 2×2 places become one token, channel slowest unless another order is asked for.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux.py}, {@code _pack_latents} and {@code _unpack_latents}.
 */
public final class LatentPacking {
    /** What varies slowest among the numbers of a token. */
    public enum Slowest {
        /** The channel: all four places of the first one, then of the next. */
        CHANNEL(new long[] {0, 2, 4, 1, 3, 5}, new long[] {0, 3, 1, 4, 2, 5}),
        /** The place: all channels of the first one, then of the next. */
        PLACE(new long[] {0, 2, 4, 3, 5, 1}, new long[] {0, 5, 1, 3, 2, 4});

        private final long[] packing;
        private final long[] unpacking;

        Slowest(long[] packing, long[] unpacking) {
            this.packing = packing;
            this.unpacking = unpacking;
        }

        /** Lengths of the dimensions of tokens of {@code c} channels that stand for h × w places. */
        private long[] apart(long b, long h, long w, long c) {
            return this == CHANNEL ? new long[] {b, h / 2, w / 2, c, 2, 2} : new long[] {b, h / 2, w / 2, 2, 2, c};
        }
    }

    private LatentPacking() {}

    /** Packs latents into tokens: {@code [B, C, h, w] → [B, (h/2)·(w/2), 4C]}. */
    public static Tensor pack(Tensor latents) {
        return pack(latents, Slowest.CHANNEL);
    }

    /** Packs latents into tokens of another order. */
    public static Tensor pack(Tensor latents, Slowest slowest) {
        try (var scope = Scope.open("pack")) {
            long b = latents.size(0);
            long c = latents.size(1);
            long h = latents.size(2);
            long w = latents.size(3);
            return scope.keep(latents.reshape(b, c, h / 2, 2, w / 2, 2)
                    .permute(slowest.packing)
                    .reshape(b, h / 2 * (w / 2), 4 * c));
        }
    }

    /** Unpacks tokens into latents: {@code [B, (h/2)·(w/2), 4C] → [B, C, h, w]}. */
    public static Tensor unpack(Tensor tokens, long h, long w) {
        return unpack(tokens, h, w, Slowest.CHANNEL);
    }

    /** Unpacks tokens of another order into latents. */
    public static Tensor unpack(Tensor tokens, long h, long w, Slowest slowest) {
        try (var scope = Scope.open("unpack")) {
            long b = tokens.size(0);
            long c = tokens.size(2) / 4;
            return scope.keep(tokens.reshape(slowest.apart(b, h, w, c))
                    .permute(slowest.unpacking)
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
