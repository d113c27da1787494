package dev.darkroom.qwenimage;

import dev.darkroom.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What modulations are computed from.
 *
 * @param temb the embedded noise level, {@code [B, D]}
 * @param noiseless the embedded level 0, for reference tokens; null if they share {@code temb}
 * @param generatedTokens how many image tokens, from the first on, are being generated
 */
record Conditioning(Tensor temb, @Nullable Tensor noiseless, long generatedTokens) {}
