package dev.darkroom.provenance;

import dev.darkroom.credentials.reading.Credentials;
import java.util.Optional;

/** Says in one sentence what was found out about a file. */
final class Verdict {
    private static final String NOT_TRUSTED =
            ", whose certificate is on no trust list that this worker has, so the name proves nothing";

    private static final String MARKED = "a mark in the pixels says that a model made this picture";

    private Verdict() {}

    static String of(
            Optional<Credentials> credentials, FoundMark mark, Optional<String> label, Optional<String> elsewhere) {
        if (credentials.isEmpty()) {
            return withoutCredentials(mark, label, elsewhere);
        }
        Credentials found = credentials.get();
        if (!found.valid()) {
            return "The content credentials do not hold: "
                    + found.findings().failures().getFirst().explanation()
                    + (mark.payload().isPresent() ? "; " + MARKED : "") + ".";
        }
        String origin = found.sourceType().map(Verdict::origin).orElse("The content credentials hold");
        return origin + ", as signed by " + found.signer() + (found.trusted() ? "" : NOT_TRUSTED)
                + "; the file is as it was signed.";
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

    private static String withoutCredentials(
            FoundMark mark, Optional<String> label, Optional<String> elsewhere) {
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
