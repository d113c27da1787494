package dev.darkroom.queue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.Destination;
import dev.darkroom.job.Faults;
import dev.darkroom.net.AddressException;
import dev.darkroom.net.WebAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Reads the {@code s3Config} beside a request's input, as RunPod's clients send it. */
final class S3Config {
    private S3Config() {}

    /** Reads the caller's bucket; null if there is none, or if it is faulty, which is noted. */
    static @Nullable Destination read(@Nullable JsonNode config, Faults faults) {
        if (config == null || Nothing.isObject(config)) {
            return null;
        }
        if (!config.isObject()) {
            faults.add("s3Config", "must be an object with accessId, accessSecret, bucketName and endpointUrl");
            return null;
        }
        String id = text(config, "accessId", faults);
        String secret = text(config, "accessSecret", faults);
        String bucket = text(config, "bucketName", faults);
        URI endpoint = endpoint(text(config, "endpointUrl", faults), faults);
        String prefix = config.path("objectPath").asText("");
        return id == null || secret == null || bucket == null || endpoint == null
                ? null
                : new Destination(endpoint, id, secret, bucket, prefix);
    }

    private static @Nullable String text(JsonNode config, String name, Faults faults) {
        JsonNode value = config.path(name);
        boolean given = value.isTextual() && !value.asText().isBlank();
        faults.check(given, "s3Config." + name, value.isTextual() ? Nothing.FAULT : "is missing");
        return given ? value.asText() : null;
    }

    private static @Nullable URI endpoint(@Nullable String text, Faults faults) {
        if (text == null) {
            return null;
        }
        try {
            return WebAddress.of(text).uri();
        } catch (AddressException e) {
            // noted below
        }
        faults.add("s3Config.endpointUrl", "must be an address such as https://s3.eu-west-1.amazonaws.com");
        return null;
    }
}
