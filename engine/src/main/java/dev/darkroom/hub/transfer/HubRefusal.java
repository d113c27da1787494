package dev.darkroom.hub.transfer;

import dev.darkroom.hub.HubException;
import dev.darkroom.hub.HubSettings;
import dev.darkroom.hub.HubToken;
import dev.darkroom.hub.ModelSource.Repository;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * The meaning of an answer other than a file, and what can be done about it.
 *
 * @param byHub true if the hub itself answered, not a server that it redirected to
 */
record HubRefusal(HubSettings settings, Repository repository, boolean byHub) {
    /**
     * Returns the exception to throw if another attempt may succeed.
     *
     * @throws HubException if another attempt will not succeed
     */
    IOException of(HttpResponse<?> response) {
        int status = response.statusCode();
        boolean mayPass = status == 408 || status == 429 || status >= 500;
        if (mayPass || !byHub) {
            return new TransientException("the server answers " + status, retryAfter(response));
        }
        String reason = response.headers().firstValue("X-Error-Code").orElse("");
        throw new HubException(repository + ": "
                + switch (status) {
                    case 401, 403 -> locked(reason);
                    case 404 -> unknown(reason);
                    default -> "the hub answers " + status;
                });
    }

    /** Explains 401 and 403; without a token a hub answers 401 for repositories that do not exist, too. */
    private String locked(String reason) {
        String licence = "accept its licence at " + page();
        if (HubToken.of(settings).isPresent()) {
            return "HF_TOKEN does not open it: " + licence
                    + " with the token's account, or give a token that may read it";
        }
        if (reason.equals("GatedRepo")) {
            return "it is gated: " + licence + " and set HF_TOKEN";
        }
        return "the hub does not show it to strangers: check its name; if it is gated, " + licence
                + "; if it is gated or private, set HF_TOKEN";
    }

    private String unknown(String reason) {
        return switch (reason) {
            case "RevisionNotFound" -> "the repository has no such revision: see " + page() + "/tree/main";
            case "EntryNotFound" -> "the hub lists a file that it does not have";
            default -> "the hub has no such repository or revision: check " + page();
        };
    }

    private String page() {
        return settings.endpoint().toString().replaceAll("/+$", "") + "/" + repository.name();
    }

    /** Reads the header {@code Retry-After}: seconds, or a date. */
    private static Optional<Duration> retryAfter(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .flatMap(HubRefusal::duration)
                .filter(pause -> !pause.isNegative());
    }

    private static Optional<Duration> duration(String text) {
        if (text.matches("\\d{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(Duration.between(Instant.now(), until));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
