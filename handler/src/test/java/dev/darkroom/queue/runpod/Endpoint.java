package dev.darkroom.queue.runpod;

import java.util.Arrays;

/** What a worker calls at the platform. */
public enum Endpoint {
    TAKE("job-take"),
    STOP("job-stop"),
    DONE("job-done"),
    STREAM("job-stream"),
    PING("ping"),
    OTHER("");

    private final String segment;

    Endpoint(String segment) {
        this.segment = segment;
    }

    /** {@code /v2/<endpoint id>/<segment>/…} */
    static Endpoint of(String target) {
        return Arrays.stream(values())
                .filter(endpoint -> target.matches("/v2/[^/]+/" + endpoint.segment + "/.*"))
                .findFirst()
                .orElse(OTHER);
    }
}
