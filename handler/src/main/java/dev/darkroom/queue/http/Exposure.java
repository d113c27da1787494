package dev.darkroom.queue.http;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Refuses to start a worker that other machines could give jobs to without showing a key, unless it was told to be open: whoever reaches
 * such a worker uses its GPU, reads what it may read, and empties its queue.
 */
@Singleton
final class Exposure {
    private static final Logger LOG = Logger.getLogger(Exposure.class);

    private final HttpSettings settings;
    private final String host;
    private final boolean listens;

    Exposure(
            HttpSettings settings,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.host-enabled", defaultValue = "true") boolean listens) {
        this.settings = settings;
        this.host = host;
        this.listens = listens;
    }

    /** Comes before the port is opened. */
    void check(@Observes StartupEvent event) {
        if (!listens || isLoopback(host) || ApiKey.of(settings).isRequired()) {
            return;
        }
        if (!settings.open()) {
            throw new IllegalStateException(refusal(host));
        }
        LOG.warnf("open to everybody who reaches %s: DARKROOM_HTTP_OPEN=true, and there is no API key", host);
    }

    private static String refusal(String host) {
        return "HOST=" + host
                + " lets other machines call this worker, and it has no API key: set DARKROOM_HTTP_API_KEY,"
                + " which callers then send as Authorization: Bearer …; or HOST=127.0.0.1 for callers on this machine alone;"
                + " or DARKROOM_HTTP_OPEN=true if really everybody may";
    }

    /** Returns true if only this machine reaches the address. A name counts by all that it resolves to; one that is unknown does not. */
    static boolean isLoopback(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
