package dev.darkroom.lora;

import java.util.List;
import java.util.Optional;

/** A kind of adapter other than LoRA, which this worker has no arithmetic for. */
record OtherKind(String name, List<String> markers) {
    private static final List<OtherKind> ALL = List.of(
            new OtherKind("a LoHa", List.of("hada_w", "hada_t")),
            new OtherKind("a LoKr", List.of("lokr_w", "lokr_t")),
            new OtherKind("a LoCon with a third matrix", List.of("lora_mid")),
            new OtherKind("an OFT", List.of("oft_blocks", "oft_diag", "oft_R")));

    /** Finds the kind that a tensor's name shows; empty if it shows none of these. */
    static Optional<String> of(String tensor) {
        return ALL.stream()
                .filter(kind -> kind.markers.stream().anyMatch(tensor::contains))
                .map(OtherKind::name)
                .findFirst();
    }
}
