package dev.darkroom.net;

/** A host has an address that this worker must not call. */
public final class ForbiddenHostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ForbiddenHostException(String host) {
        super(host + " is not a public address");
    }
}
