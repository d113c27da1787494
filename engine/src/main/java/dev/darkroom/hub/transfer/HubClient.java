package dev.darkroom.hub.transfer;

import dev.darkroom.hub.HubException;
import dev.darkroom.hub.HubSettings;
import dev.darkroom.hub.HubToken;
import dev.darkroom.hub.Listing;
import dev.darkroom.hub.ModelSource.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Sends requests to a hub. The token goes to the hub alone: redirects are followed here, because they lead to servers of others, whose
 * addresses carry their own permission.
 */
public final class HubClient implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(HubClient.class);
    private static final Duration LONGEST_UNTOLD = Duration.ofSeconds(2);
    private static final int LARGEST_LISTING = 32 << 20;
    private static final int MOST_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final HubSettings settings;
    private final Optional<String> token;
    private final SilenceGuard silence;

    /** The client, of HTTP/1.1: several of its connections are faster than one of HTTP/2, whose streams share one window. */
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /** Makes a client of the hub that the settings name; it calls nobody yet. */
    public HubClient(HubSettings settings) {
        this.settings = settings;
        this.token = HubToken.of(settings);
        if (settings.endpoint().getScheme() == null || settings.endpoint().getHost() == null) {
            throw new HubException(
                    "HF_ENDPOINT must be an address such as https://huggingface.co, not " + settings.endpoint());
        }
        if (token.filter(secret -> !secret.matches("\\p{Graph}+")).isPresent()) {
            throw new HubException("HF_TOKEN holds characters that no token has");
        }
        this.silence = new SilenceGuard(settings.silence());
    }

    /** Fetches the list of a revision's files. */
    public Listing listing(Repository repository) throws InterruptedException {
        URI address =
                at("/api/models/" + repository.name() + "/revision/" + encoded(repository.revision()) + "?blobs=true");
        var backoff = new Backoff("the list of files of " + repository, settings);
        while (true) {
            CompletableFuture<Void> answered = told();
            try (HubResponse answer = get(repository, address, Optional.empty());
                    SilenceGuard.Watch watch = silence.watch(answer.body())) {
                byte[] json = answer.body().readNBytes(LARGEST_LISTING);
                watch.heard();
                answered.complete(null);
                return Listing.read("the hub's answer about " + repository, json);
            } catch (IOException e) {
                answered.complete(null);
                backoff.pause(e);
            } finally {
                answered.complete(null);
            }
        }
    }

    /** Returns what is to be completed soon; otherwise people are told who keeps them waiting. */
    private CompletableFuture<Void> told() {
        var answered = new CompletableFuture<Void>();
        var unused = answered.copy()
                .orTimeout(LONGEST_UNTOLD.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> {
                    LOG.warnf("%s has not answered yet", settings.endpoint().getHost());
                    return null;
                });
        return answered;
    }

    /**
     * Requests a file, or a range of it.
     *
     * @param range as in the header, such as {@code bytes=0-99}
     * @throws IOException if another attempt may succeed
     * @throws HubException if another attempt will not succeed
     */
    HubResponse file(Repository repository, String commit, String path, Optional<String> range)
            throws IOException, InterruptedException {
        String encoded =
                Arrays.stream(path.split("/", -1)).map(HubClient::encoded).collect(Collectors.joining("/"));
        return get(repository, at("/" + repository.name() + "/resolve/" + commit + "/" + encoded), range);
    }

    /** Watches an answer's body, and closes it when nothing comes from it any more. */
    SilenceGuard.Watch watch(HubResponse answer) {
        return silence.watch(answer.body());
    }

    /**
     * An answer whose body is to be read and closed.
     *
     * @param status 200: all of the file; 206: the range asked for
     */
    record HubResponse(int status, Optional<String> contentRange, InputStream body) implements AutoCloseable {
        /** Checks that a range begins where it was asked to, in a file of the size that the hub lists. */
        void checkRange(long asked, long size) throws TransientException {
            String range = contentRange.orElse("");
            if (!range.startsWith("bytes " + asked + "-") || !range.endsWith("/" + size)) {
                throw new TransientException(
                        "asked for bytes from " + asked + ", the server sends " + range, Optional.empty());
            }
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    private HubResponse get(Repository repository, URI address, Optional<String> range)
            throws IOException, InterruptedException {
        URI at = address;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpResponse<InputStream> response =
                    http.send(request(at, range), HttpResponse.BodyHandlers.ofInputStream());
            int status = response.statusCode();
            if (status == 200 || status == 206) {
                return new HubResponse(status, response.headers().firstValue("Content-Range"), response.body());
            }
            response.body().close();
            if (!REDIRECTS.contains(status)) {
                throw new HubRefusal(settings, repository, isHub(at)).of(response);
            }
            at = target(at, response);
        }
        throw new HubException(repository + ": the hub redirects more than " + MOST_REDIRECTS + " times");
    }

    private HttpRequest request(URI at, Optional<String> range) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(at).timeout(settings.silence()).header("User-Agent", "darkroom");
        range.ifPresent(bytes -> request.header("Range", bytes));
        if (isHub(at)) {
            token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        }
        return request.build();
    }

    private static URI target(URI at, HttpResponse<?> response) throws IOException {
        String location = response.headers().firstValue("Location").orElse("");
        try {
            URI target = at.resolve(location);
            boolean known = "https".equals(target.getScheme())
                    || ("http".equals(target.getScheme()) && "http".equals(at.getScheme()));
            if (!known || target.getHost() == null) {
                throw new HubException("the hub redirects from " + at.getHost() + " to where a download must not go");
            }
            return target;
        } catch (IllegalArgumentException e) {
            throw new TransientException("a redirect leads nowhere", Optional.empty());
        }
    }

    private boolean isHub(URI at) {
        URI hub = settings.endpoint();
        return hub.getScheme().equalsIgnoreCase(at.getScheme())
                && hub.getHost().equalsIgnoreCase(at.getHost())
                && hub.getPort() == at.getPort();
    }

    private URI at(String path) {
        return URI.create(settings.endpoint().toString().replaceAll("/+$", "") + path);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        silence.close();
        http.shutdownNow();
        http.close();
    }
}
