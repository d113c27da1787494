package dev.darkroom.source;

import dev.darkroom.job.JobException;
import dev.darkroom.net.AddressException;
import dev.darkroom.net.WebAddress;

/** Reads the addresses of a job's sources, and blames the field for those that are none. */
final class SourceAddress {
    private SourceAddress() {}

    /**
     * Reads a URL.
     *
     * @param field the payload's field, for errors
     * @throws JobException if the text is no http or https URL with a host and without a user
     */
    static WebAddress read(String field, String text) {
        try {
            return WebAddress.of(text);
        } catch (AddressException e) {
            throw JobException.badInput(field + ": " + e.rule());
        }
    }

    /** Returns the target of a redirect; refuses one from https to http. */
    static WebAddress redirected(String field, WebAddress from, String location) {
        WebAddress target;
        try {
            target = from.redirected(location);
        } catch (AddressException e) {
            if (e.isMalformed()) {
                throw new JobException(
                        JobException.Code.FETCH_FAILED, field + ": " + from + " redirects to what is no URL", null);
            }
            throw JobException.badInput(field + ": " + e.rule());
        }
        if (from.isSecure() && !target.isSecure()) {
            throw JobException.badInput(field + ": " + from + " redirects from https to http");
        }
        return target;
    }
}
