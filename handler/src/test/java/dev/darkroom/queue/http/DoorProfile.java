package dev.darkroom.queue.http;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** A worker whose bounds for bodies and connections are small, and whose patience is as short as a busy machine allows. */
public final class DoorProfile implements QuarkusTestProfile {
    static final int OF_ONE = 30;

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.ofEntries(
                Map.entry("darkroom.http.largest-body", "1M"),
                Map.entry("darkroom.http.most-received", "4M"),
                Map.entry("darkroom.http.caller-received", "2M"),
                Map.entry("darkroom.http.body-grace", "4s"),
                Map.entry("darkroom.http.slowest-body", "10"),
                Map.entry("darkroom.http.header-timeout", "4s"),
                Map.entry("darkroom.http.idle-timeout", "4s"),
                Map.entry("darkroom.http.connections", "200"),
                Map.entry("darkroom.http.caller-connections", String.valueOf(OF_ONE)));
    }
}
