package dev.darkroom.queue.http;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The calls that this worker answers: for canonical paths the methods that they know. */
enum Calls {
    SUBMIT("/run|/runsync", "POST"),
    CHANGE("/(cancel|retry)/[^/]+|/purge-queue", "POST"),
    /** RunPod's clients post here too. Nothing is read twice from a stream, so only looking at its headers would lose pictures. */
    STREAM("/stream/[^/]+", "GET", "POST"),
    STATUS("/status/[^/]+", "GET", "HEAD", "POST"),
    FOLLOW("/events/[^/]+|/status-sync/[^/]+", "GET"),
    VERIFY("/verify", "POST"),
    DRAW("/v1/images/(generations|edits)", "POST"),
    MODELS("/models|/v1/models(/[^/]+)?", "GET", "HEAD"),
    LOOK("/health|/status|/ping|/schema[.]json|/results/[^/]+", "GET", "HEAD"),
    /** What such a call answers is for its Accept header to say. */
    TOOLS("/mcp", "POST", "DELETE"),
    SD_CHANGE("/sdapi/v1/(txt2img|img2img|interrupt|skip)", "POST"),
    SD_OPTIONS("/sdapi/v1/options", "GET", "HEAD", "POST"),
    SD_LOOK("/sdapi/v1/[a-z-]+", "GET", "HEAD"),
    /** Files of the worker's own pages. */
    PAGE("/|/page/.+", "GET", "HEAD");

    private final Pattern paths;
    private final List<String> methods;

    Calls(String paths, String... methods) {
        this.paths = Pattern.compile(paths);
        this.methods = List.copyOf(Arrays.asList(methods));
    }

    /** Finds the call at a canonical path; empty where another part of the worker answers, or nobody. */
    static Optional<Calls> at(String path) {
        return Arrays.stream(values())
                .filter(call -> call.paths.matcher(path).matches())
                .findFirst();
    }

    /** Returns true if the call knows that method; {@code OPTIONS} asks for {@link #allow}. */
    boolean knows(String method) {
        return methods.contains(method);
    }

    /** Returns true if every answer is of one kind, whatever a caller would rather have. */
    boolean hasOneKindOfAnswer() {
        return this != TOOLS;
    }

    /** Returns the value of the {@code Allow} header. */
    String allow() {
        return String.join(", ", methods) + ", OPTIONS";
    }
}
