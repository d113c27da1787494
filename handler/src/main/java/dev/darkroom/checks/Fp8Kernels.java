package dev.darkroom.checks;

import dev.darkroom.tensor.CardKernels;
import java.util.List;
import java.util.Optional;

/** Finds out whether fp8 is worth its while on a card: without the kernels that quantise, the products do not gain what the passes cost. */
public final class Fp8Kernels {
    static final List<String> NEEDED =
            List.of("quantise_rows", "gelu_quantise_rows", "beside_gelu_quantise_rows", "gated_add_norm_quantised");

    private Fp8Kernels() {}

    /**
     * Returns what to tell of kernels that are not in use although layers are multiplied in fp8; empty if all are.
     *
     * @param wanted whether kernels were to be started
     */
    public static Optional<String> missing(boolean wanted) {
        return missing(wanted, CardKernels.inUse());
    }

    static Optional<String> missing(boolean wanted, List<String> inUse) {
        List<String> missing =
                NEEDED.stream().filter(name -> !inUse.contains(name)).toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("DARKROOM_QUANTIZATION=fp8 is slower than bfloat16 without the kernels " + missing
                        + ", and saves memory only: "
                        + (wanted
                                ? "the log says above why they are not in use; mend that, or set DARKROOM_QUANTIZATION=none"
                                : "set DARKROOM_KERNELS=true, or DARKROOM_QUANTIZATION=none"));
    }
}
