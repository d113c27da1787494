package dev.darkroom.provenance;

import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.image.manifest.SourceType;
import java.util.Optional;

/**
 * Says in one sentence what was found out about a file.
 *
 * @param shown what the file shows, in a word
 */
record Verdict(String shown) {
    private static final String NOT_TRUSTED =
            ", whose certificate is on no trust list that this worker has, so the name proves nothing";

    /** @param elsewhere address at which the file says that its credentials are */
    String of(Optional<Credentials> credentials, FoundMark mark, Optional<String> label, Optional<String> elsewhere) {
        return credentials
                .map(found -> withCredentials(found, mark, label))
                .orElseGet(() -> withoutCredentials(mark, label, elsewhere));
    }

    private String withCredentials(Credentials found, FoundMark mark, Optional<String> label) {
        if (found.undecided()) {
            return "Whether the content credentials hold cannot be told here: "
                    + found.findings().failures().getFirst().explanation() + also(mark) + ".";
        }
        if (!found.valid()) {
            return "The content credentials do not hold: "
                    + found.findings().failures().getFirst().explanation() + also(mark) + ".";
        }
        String origin = found.sourceType().map(this::origin).orElse("The content credentials hold");
        boolean ofModel = found.sourceType().filter(SourceType::isOfModel).isPresent();
        String unsigned = found.unsignedBytes() == 0
                ? ""
                : " but for " + found.unsignedBytes() + " bytes that the signer left out";
        return origin + ", as signed by " + found.signer() + (found.trusted() ? "" : NOT_TRUSTED)
                + "; the file is as it was signed" + unsigned + (ofModel ? "" : contradiction(mark, label)) + ".";
    }

    private String marked() {
        return "a mark in the pixels says that a model made this " + shown;
    }

    private String also(FoundMark mark) {
        return mark.payload().isPresent() ? "; " + marked() : "";
    }

    /** Says what else is in the file where its credentials name no model. */
    private String contradiction(FoundMark mark, Optional<String> label) {
        if (mark.payload().isPresent()) {
            return "; but " + marked();
        }
        return label.filter(SourceType::isOfModel)
                .map(word -> "; but a label says that it is " + word)
                .orElse("");
    }

    private String origin(String sourceType) {
        return switch (sourceType) {
            case "trainedAlgorithmicMedia" -> "A model made this " + shown;
            case "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic" ->
                "A model made this " + shown + " from others, or a part of it";
            case "digitalCapture", "computationalCapture" -> "A camera took this " + shown;
            default -> "This " + shown + " is " + sourceType;
        };
    }

    private String withoutCredentials(FoundMark mark, Optional<String> label, Optional<String> elsewhere) {
        if (mark.payload().isPresent()) {
            return "The file has no content credentials, but " + marked() + ".";
        }
        if (elsewhere.isPresent()) {
            return "The file has no content credentials, but says that they are elsewhere, where this worker does not look.";
        }
        return label.map(word -> "A label, which anybody can write or remove, says that this " + shown + " is " + word
                        + "; the file has no content credentials.")
                .orElse("Nothing in this file says how the " + shown
                        + " came about, which does not mean that no model made it.");
    }
}
