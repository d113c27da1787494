package dev.darkroom.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Faults;
import java.util.List;
import java.util.Map;

/**
 * Checks the fields beside a request's input. A name that is nearly a known one is refused, because a bucket or a webhook that is silently
 * ignored would be a surprise; all other names are left alone.
 */
public final class RequestEnvelope {
    private static final Map<String, List<String>> INSIDE = Map.of(
            "policy", List.of("executionTimeout", "ttl", "lowPriority"),
            "s3Config", List.of("accessId", "accessSecret", "bucketName", "endpointUrl", "objectPath"));
    private static final List<String> NAMES = List.of("webhook", "webhookV2", "policy", "s3Config");

    private RequestEnvelope() {}

    /** Notes every name that is probably a misspelt known one. */
    public static void check(ObjectNode request, Faults faults) {
        check(request, "", NAMES, faults);
        INSIDE.forEach((name, names) -> check(request.path(name), name + ".", names, faults));
    }

    private static void check(JsonNode object, String where, List<String> names, Faults faults) {
        object.properties().forEach(entry -> {
            String name = entry.getKey();
            if (!names.contains(name)) {
                Spelling.nearest(name, names)
                        .ifPresent(meant -> faults.add(
                                where + Faults.quoted((Object) name), "is not known; did you mean " + meant + "?"));
            }
        });
    }
}
