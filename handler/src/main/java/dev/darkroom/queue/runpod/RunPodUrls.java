package dev.darkroom.queue.runpod;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The platform's addresses for one worker. They are templates with names to fill in, and are not changed otherwise: a {@code +} in their
 * query must not change. They are credentials, and so never logged.
 */
final class RunPodUrls {
    /** Pattern of ids that may stand in a path as they are. */
    private static final Pattern ID = Pattern.compile("(?!\\.+$)[\\w.~:@!$&'()*+,;=-]{1,256}");

    private static final String TAKE = "/job-take/";

    private final String take;
    private final String done;
    private final @Nullable String stream;
    private final @Nullable String ping;

    private RunPodUrls(String take, String done, @Nullable String stream, @Nullable String ping) {
        this.take = take;
        this.done = done;
        this.stream = stream;
        this.ping = ping;
    }

    /**
     * Fills in the names that are the same for all jobs.
     *
     * @param gpuType value for {@code $RUNPOD_GPU_TYPE_ID}
     * @throws IllegalArgumentException that names the variable with a template that gives no address
     */
    static RunPodUrls of(
            String take,
            String done,
            @Nullable String stream,
            @Nullable String ping,
            String workerId,
            @Nullable String gpuType) {
        if (!isId(workerId)) {
            throw new IllegalArgumentException("RUNPOD_POD_ID: must be able to stand in an address as it is");
        }
        String gpu = URLEncoder.encode(gpuType == null ? "unknown" : gpuType, StandardCharsets.UTF_8);
        return new RunPodUrls(
                checked("RUNPOD_WEBHOOK_GET_JOB", filled(take, workerId, gpu).replace("$ID", workerId)),
                checked("RUNPOD_WEBHOOK_POST_OUTPUT", filled(done, workerId, gpu)),
                stream == null ? null : checked("RUNPOD_WEBHOOK_POST_STREAM", filled(stream, workerId, gpu)),
                ping == null ? null : checked("RUNPOD_WEBHOOK_PING", filled(ping, workerId, gpu)));
    }

    /** Returns true for an id that can be put into an address. */
    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** Returns the address to poll for one job. */
    String take(boolean jobInProgress) {
        return with(take, "job_in_progress=" + (jobInProgress ? 1 : 0));
    }

    /** Returns the address to poll for jobs to stop; empty if it cannot be derived from the address for jobs. */
    Optional<String> stop() {
        return take.contains(TAKE) ? Optional.of(take.replace(TAKE, "/job-stop/")) : Optional.empty();
    }

    /** Returns the address to post a job's progress and its result to. */
    String done(String jobId, boolean ofStream) {
        return with(done.replace("$ID", jobId), "isStream=" + ofStream);
    }

    /** Returns the address to post parts of a job's result to; empty if the platform wants none. */
    Optional<String> stream(String jobId) {
        return Optional.ofNullable(stream).map(template -> with(template.replace("$ID", jobId), "isStream=false"));
    }

    /** Returns the address to ping; empty if the platform wants no pings. */
    Optional<String> ping(String query) {
        return Optional.ofNullable(ping).map(url -> with(url, query));
    }

    private static String filled(String template, String workerId, String gpu) {
        return template.replace("$RUNPOD_POD_ID", workerId).replace("$RUNPOD_GPU_TYPE_ID", gpu);
    }

    private static String checked(String variable, String url) {
        try {
            var uri = new URI(url.replace("$ID", "id"));
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return url;
            }
        } catch (URISyntaxException e) {
            // said below, without the address
        }
        throw new IllegalArgumentException(variable + ": must be an address that begins with http:// or https://");
    }

    private static String with(String url, String parameter) {
        String separator = url.endsWith("?") || url.endsWith("&") ? "" : url.contains("?") ? "&" : "?";
        return url + separator + parameter;
    }

    @Override
    public String toString() {
        return "RunPodUrls";
    }
}
