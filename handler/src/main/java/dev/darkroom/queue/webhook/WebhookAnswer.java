package dev.darkroom.queue.webhook;

import dev.darkroom.net.AddressException;
import dev.darkroom.net.WebAddress;
import org.jspecify.annotations.Nullable;

/**
 * A receiver's answer to a webhook.
 *
 * @param location where a redirect leads, as it was sent
 */
record WebhookAnswer(int status, @Nullable String location) {
    private static final int SUCCESS = 2;
    private static final int REDIRECT = 3;

    boolean isDelivered() {
        return status / 100 == SUCCESS;
    }

    /** Describes the answer; of a redirect's target it names no more than the host, for the rest may be a secret. */
    String description(WebAddress receiver) {
        String answer = "HTTP " + status;
        return status / 100 == REDIRECT && location != null
                ? answer + ": redirects are not followed, and this one leads to " + target(receiver, location)
                : answer;
    }

    private static String target(WebAddress receiver, String location) {
        try {
            WebAddress target = receiver.redirected(location);
            return target.origin().equals(receiver.origin()) ? "another path there" : target.origin();
        } catch (AddressException e) {
            return "what is no address";
        }
    }
}
