package dev.darkroom.credentials;

import dev.darkroom.image.manifest.XmpPacket;

/** The ways in which pictures of this worker come about, in IPTC's words. */
public enum SourceType {
    /** Made by a model alone. */
    GENERATED("trainedAlgorithmicMedia"),
    /** Made by a model from other pictures. */
    EDITED("compositeWithTrainedAlgorithmicMedia");

    private final String word;

    SourceType(String word) {
        this.word = word;
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
