package dev.darkroom.source;

import dev.darkroom.job.JobException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** An http or https URL that names a host and no user. It may be a signed one, so messages show only its host. */
record WebAddress(URI uri) {
    /**
     * Reads a URL.
     *
     * @param field the payload's field, for errors
     * @throws JobException if the text is no such URL
     */
    static WebAddress parse(String field, String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // without the cause, which quotes all of it
            throw JobException.badInput(field + ": must be a valid URL: " + e.getReason() + " at " + e.getIndex());
        }
        return checked(field, uri);
    }

    /** Returns the target of a redirect from this address; refuses one from https to http. */
    WebAddress redirected(String field, String location) {
        URI target;
        try {
            target = uri.resolve(new URI(location));
        } catch (URISyntaxException e) {
            throw new JobException(
                    JobException.Code.FETCH_FAILED, field + ": " + host() + " redirects to what is no URL", null);
        }
        WebAddress address = checked(field, target);
        if (isSecure() && !address.isSecure()) {
            throw JobException.badInput(field + ": " + host() + " redirects from https to http");
        }
        return address;
    }

    private static WebAddress checked(String field, URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw JobException.badInput(field + ": must be an http or https URL, also after redirects");
        }
        if (uri.getHost() == null) {
            throw JobException.badInput(field + ": must be a URL with a host");
        }
        if (uri.getRawUserInfo() != null) {
            throw JobException.badInput(field + ": must be a URL without a user's name or password");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw JobException.badInput(field + ": must be a URL with a port from 1 to 65535, not " + uri.getPort());
        }
        return new WebAddress(uri);
    }

    boolean isSecure() {
        return uri.getScheme().equalsIgnoreCase("https");
    }

    String host() {
        return uri.getHost();
    }

    int port() {
        if (uri.getPort() > 0) {
            return uri.getPort();
        }
        return isSecure() ? 443 : 80;
    }

    /** Returns path and query, as the request's first line has them. */
    String target() {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    @Override
    public String toString() {
        return host();
    }
}
