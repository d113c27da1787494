package dev.darkroom.queue.http;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** A worker with a key, small bounds, and no models: the tests themselves take the jobs and answer them. */
public final class ApiProfile implements QuarkusTestProfile {
    public static final String KEY = "k3y-of-the-tests";
    public static final int CALLERS = 4;

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "darkroom.http.api-key",
                KEY,
                "darkroom.http.callers",
                String.valueOf(CALLERS),
                "darkroom.http.largest-body",
                "1M",
                "darkroom.public-url",
                "https://pictures.example.net/darkroom",
                "darkroom.http.cors-origins",
                "https://app.example.com, /https://[a-z]+[.]example[.]org/");
    }
}
