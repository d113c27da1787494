package dev.darkroom.image.manifest;

import java.util.Set;

/** The ways in which pictures of this worker come about, in IPTC's words. */
public enum SourceType {
    /** Made by a model alone. */
    GENERATED("trainedAlgorithmicMedia"),
    /** Made by a model from other pictures. */
    EDITED("compositeWithTrainedAlgorithmicMedia");

    /** IPTC's words for pictures that a trained model has a part in, whoever made them. */
    private static final Set<String> OF_MODELS = Set.of(
            "trainedAlgorithmicMedia",
            "trainedAlgorithmicData",
            "compositeWithTrainedAlgorithmicMedia",
            "compositeSynthetic");

    private final String word;

    SourceType(String word) {
        this.word = word;
    }

    /**
     * Returns true if a trained model has a part in pictures that a word of IPTC's stands for. One that an algorithm has made without any
     * (algorithmicMedia) or has only improved (algorithmicallyEnhanced) is none of them.
     */
    public static boolean isOfModel(String word) {
        return OF_MODELS.contains(word);
    }

    /** Returns IPTC's word. */
    public String word() {
        return word;
    }

    /** Returns IPTC's address for it. */
    public String address() {
        return XmpPacket.SOURCE_TYPES + word;
    }
}
