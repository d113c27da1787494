package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the maker of a picture has written down of the faults that it found in the credentials of a picture that went into it; all versions
 * of ingredients, of which the first two have one list of good and bad.
 */
final class RecordedFailures {
    /** What is said of signers, and authorities, who were on no trust list of whoever looked: that is no fault of theirs. */
    private static final Set<String> OF_TRUST =
            Set.of("signingCredential.untrusted", "cawg.x509.credential.untrusted", "timeStamp.untrusted");

    /** Last words of codes that say that something is as it should be. */
    private static final Pattern SUCCESS =
            Pattern.compile(".*\\.(match|validated|trusted|insideValidity|accessible|notRevoked)");

    private RecordedFailures() {}

    /** Returns true if an ingredient says of its own credentials, or of those below, that something is wrong with them. */
    static boolean isIn(JsonNode ingredient) {
        JsonNode results = ingredient.path("validationResults");
        boolean failed = anyFailed(results.path("activeManifest").path("failure"));
        for (JsonNode delta : results.path("ingredientDeltas")) {
            failed |= anyFailed(delta.path("validationDeltas").path("failure"));
        }
        for (JsonNode status : ingredient.path("validationStatus")) {
            failed |= !isSuccess(status) && isFailure(status);
        }
        return failed;
    }

    private static boolean anyFailed(JsonNode failures) {
        for (JsonNode failure : failures) {
            if (isFailure(failure)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFailure(JsonNode status) {
        return !OF_TRUST.contains(status.path("code").asText());
    }

    /** Takes the word of a status for it where it says whether it is good, or else that of its code. */
    private static boolean isSuccess(JsonNode status) {
        JsonNode said = status.path("success");
        return said.isBoolean()
                ? said.asBoolean()
                : SUCCESS.matcher(status.path("code").asText()).matches();
    }
}
