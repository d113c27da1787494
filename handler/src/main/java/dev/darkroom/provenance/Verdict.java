package dev.darkroom.provenance;

import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.image.manifest.SourceType;
import java.util.Optional;

/** Says in one sentence what was found out about a file. */
final class Verdict {
    private static final String NOT_TRUSTED =
            ", whose certificate is on no trust list that this worker has, so the name proves nothing";
    private static final String MARKED = "a mark in the pixels says that a model made this picture";

    private Verdict() {}

    /** @param elsewhere address at which the file says that its credentials are */
    static String of(
            Optional<Credentials> credentials, FoundMark mark, Optional<String> label, Optional<String> elsewhere) {
        return credentials
                .map(found -> withCredentials(found, mark, label))
                .orElseGet(() -> withoutCredentials(mark, label, elsewhere));
    }

    private static String withCredentials(Credentials found, FoundMark mark, Optional<String> label) {
        if (found.undecided()) {
            return "Whether the content credentials hold cannot be told here: "
                    + found.findings().failures().getFirst().explanation() + also(mark) + ".";
        }
        if (!found.valid()) {
            return "The content credentials do not hold: "
                    + found.findings().failures().getFirst().explanation() + also(mark) + ".";
        }
        String origin = found.sourceType().map(Verdict::origin).orElse("The content credentials hold");
        boolean ofModel = found.sourceType().filter(SourceType::isOfModel).isPresent();
        String unsigned = found.unsignedBytes() == 0
                ? ""
                : " but for " + found.unsignedBytes() + " bytes that the signer left out";
        return origin + ", as signed by " + found.signer() + (found.trusted() ? "" : NOT_TRUSTED)
                + "; the file is as it was signed" + unsigned + (ofModel ? "" : contradiction(mark, label)) + ".";
    }

    private static String also(FoundMark mark) {
        return mark.payload().isPresent() ? "; " + MARKED : "";
    }

    /** Says what else is in the file where its credentials name no model. */
    private static String contradiction(FoundMark mark, Optional<String> label) {
        if (mark.payload().isPresent()) {
            return "; but " + MARKED;
        }
        return label.filter(SourceType::isOfModel)
                .map(word -> "; but a label says that it is " + word)
                .orElse("");
    }

    private static String origin(String sourceType) {
        return switch (sourceType) {
            case "trainedAlgorithmicMedia" -> "A model made this picture";
            case "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic" ->
                "A model made this picture from others, or a part of it";
            case "digitalCapture", "computationalCapture" -> "A camera took this picture";
            default -> "This picture is " + sourceType;
        };
    }

    private static String withoutCredentials(FoundMark mark, Optional<String> label, Optional<String> elsewhere) {
        if (mark.payload().isPresent()) {
            return "The file has no content credentials, but " + MARKED + ".";
        }
        if (elsewhere.isPresent()) {
            return "The file has no content credentials, but says that they are elsewhere, where this worker does not look.";
        }
        return label.map(word -> "A label, which anybody can write or remove, says that this picture is " + word
                        + "; the file has no content credentials.")
                .orElse(
                        "Nothing in this file says how the picture came about, which does not mean that no model made it.");
    }
}
