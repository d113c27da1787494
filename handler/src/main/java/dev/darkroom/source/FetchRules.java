package dev.darkroom.source;

import java.time.Duration;

/**
 * Limits of time, tries and size for fetching a file from the web.
 *
 * @param timeout for look-ups, redirects and all tries together
 * @param connectTimeout how long a server may take to accept a connection
 * @param longestSilence how long a server may send nothing, in whole seconds; 0 for as long as the timeout
 * @param tries how often a server is asked when it fails in a way that may pass
 * @param backOff pause before the second try; it doubles with each further one
 * @param largestFile in bytes
 * @param accept value of the header of that name
 */
record FetchRules(
        Duration timeout,
        Duration connectTimeout,
        Duration longestSilence,
        int tries,
        Duration backOff,
        long largestFile,
        String accept) {
    private static final Duration LORA_SILENCE = Duration.ofSeconds(30);

    static FetchRules ofImages(SourceSettings settings) {
        return new FetchRules(
                settings.timeout(),
                settings.connectTimeout(),
                Duration.ZERO,
                settings.tries(),
                settings.backOff(),
                settings.largestFile().asLongValue(),
                "image/png,image/jpeg,image/webp,image/gif,image/bmp,*/*;q=0.1");
    }

    static FetchRules ofLoras(LoraSettings settings, SourceSettings sources) {
        return new FetchRules(
                settings.timeout(),
                sources.connectTimeout(),
                LORA_SILENCE,
                sources.tries(),
                sources.backOff(),
                settings.largestFile().asLongValue(),
                "*/*");
    }
}
