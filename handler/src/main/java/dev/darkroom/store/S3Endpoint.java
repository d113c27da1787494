package dev.darkroom.store;

import dev.darkroom.job.Faults;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a bucket and the form of requests to it, derived from an endpoint as people write it and the settings beside it.
 *
 * @param address of the storage itself, without the bucket
 * @param region that requests are signed for
 * @param pathStyle true if the bucket is in the path of requests, false if it is in front of the host
 * @param signsAddresses false where the storage refuses signed addresses
 */
public record S3Endpoint(URI address, String region, String bucket, boolean pathStyle, boolean signsAddresses) {
    /** Buckets elsewhere may be named more freely than Amazon's; none may change the host or the path that it stands in. */
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9](?:[._-]?[A-Za-z0-9_-]){1,221}");

    /** Java's own reading finds no host where a bucket in front has an underscore. */
    private static final Pattern AUTHORITY =
            Pattern.compile("(?<host>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?<port>:\\d{1,5})?");

    private static final Pattern REGION = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

    /**
     * Derives an endpoint.
     *
     * @param endpoint with or without the bucket, in its host or as its path
     * @param region empty takes the one in the endpoint
     * @param bucket empty takes the one in the endpoint
     * @param pathStyle empty means in front of the host at Amazon's, or if it stands there already, and otherwise in the path
     * @throws IllegalArgumentException naming what is missing or does not fit together
     */
    static S3Endpoint of(
            URI endpoint,
            Optional<String> region,
            Optional<String> bucket,
            Optional<Boolean> pathStyle,
            S3Names names) {
        Matcher authority = authority(endpoint, names);
        String name = authority.group("host").toLowerCase(Locale.ROOT);
        S3Host.Parts parts = withNamedBucketInFront(S3Host.parse(name), bucket, pathStyle);
        String itsBucket = agreed(bucket, agreed(parts.bucket(), bucketInPath(endpoint, names), names), names)
                .filter(it -> !it.isBlank())
                .orElseThrow(() -> new IllegalArgumentException(
                        names.bucket + ": must be set, for " + names.endpoint + " has no bucket in it"));
        check(BUCKET.matcher(itsBucket).matches(), names.bucket, "is no name of a bucket: " + Faults.quoted(itsBucket));
        String itsRegion = region(parts, region, names);
        check(REGION.matcher(itsRegion).matches(), names.region, "is no region: " + Faults.quoted(itsRegion));
        boolean inHost = parts.bucket().isPresent() || parts.host().wantsBucketInHost();
        // a certificate for *.host does not hold for two labels
        boolean inPath = pathStyle.orElse(!inHost || itsBucket.indexOf('.') >= 0);
        return new S3Endpoint(
                address(endpoint, regional(parts, itsRegion), authority),
                itsRegion,
                itsBucket,
                inPath,
                parts.host() != S3Host.RUNPOD);
    }

    private static Matcher authority(URI endpoint, S3Names names) {
        String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
        Matcher authority = AUTHORITY.matcher(String.valueOf(endpoint.getRawAuthority()));
        boolean plain = String.valueOf(endpoint.getRawAuthority()).indexOf('@') < 0
                && endpoint.getRawQuery() == null
                && endpoint.getRawFragment() == null;
        check(plain, names.endpoint, "must be an address without user, query and fragment");
        check(
                authority.matches() && endpoint.getRawAuthority() != null && scheme.matches("https?"),
                names.endpoint,
                "must be an address such as https://s3.eu-west-2.amazonaws.com");
        check(
                !"firebasestorage.googleapis.com".equalsIgnoreCase(authority.group("host")),
                names.endpoint,
                "does not speak S3; Firebase's buckets are reached at https://storage.googleapis.com");
        return authority;
    }

    /** Splits the bucket off an unknown host, if the settings say that it stands in front. */
    private static S3Host.Parts withNamedBucketInFront(
            S3Host.Parts parts, Optional<String> bucket, Optional<Boolean> pathStyle) {
        boolean inHost = parts.host() == S3Host.OTHER && !pathStyle.orElse(true);
        String front = bucket.orElse("") + ".";
        return inHost && front.length() > 1 && parts.base().startsWith(front)
                ? new S3Host.Parts(parts.host(), parts.base().substring(front.length()), parts.region(), bucket)
                : parts;
    }

    private static Optional<String> bucketInPath(URI endpoint, S3Names names) {
        String path = endpoint.getPath() == null ? "" : endpoint.getPath();
        String segment = path.replaceFirst("^/+", "").replaceFirst("/+$", "");
        check(segment.indexOf('/') < 0, names.endpoint, "must have no more than a bucket as its path, not " + path);
        return segment.isEmpty() ? Optional.empty() : Optional.of(segment);
    }

    private static Optional<String> agreed(Optional<String> one, Optional<String> other, S3Names names) {
        if (one.isPresent() && other.isPresent() && !one.get().equals(other.get())) {
            throw new IllegalArgumentException(names.bucket + ": there are two, " + Faults.quoted(one.get()) + " and "
                    + Faults.quoted(other.get()) + " in " + names.endpoint);
        }
        return one.or(() -> other);
    }

    private static String region(S3Host.Parts parts, Optional<String> said, S3Names names) {
        boolean capitals = parts.host() == S3Host.RUNPOD;
        Optional<String> inHost = parts.region().map(region -> capitals ? region.toUpperCase(Locale.ROOT) : region);
        boolean differs = said.isPresent() && inHost.isPresent() && !said.get().equalsIgnoreCase(inHost.get());
        check(
                !(differs && parts.host() == S3Host.AWS),
                names.region,
                "is " + Faults.quoted(said.orElse("")) + ", but " + names.endpoint + " is in " + inHost.orElse(""));
        return (differs ? said : inHost.or(() -> said).or(parts.host()::usualRegion))
                .orElseThrow(() -> new IllegalArgumentException(names.region + ": must be set, for the host of "
                        + names.endpoint + " does not tell the region"));
    }

    /** Rewrites Amazon's addresses with their region in today's form: the others lead to redirects that signatures do not survive. */
    private static String regional(S3Host.Parts parts, String region) {
        return parts.host() == S3Host.AWS
                ? parts.base()
                        .replaceFirst(
                                "^(s3(?:-fips)?(?:\\.dualstack)?)(?:[.-][a-z0-9-]+)?\\.amazonaws",
                                "$1." + region + ".amazonaws")
                : parts.base();
    }

    private static URI address(URI endpoint, String host, Matcher authority) {
        String port = authority.group("port") == null ? "" : authority.group("port");
        return URI.create(endpoint.getScheme().toLowerCase(Locale.ROOT) + "://" + host + port);
    }

    private static void check(boolean holds, String name, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + rule);
        }
    }

    /** Returns the bucket and the host, for messages. */
    @Override
    public String toString() {
        return "bucket " + bucket + " at " + address.getRawAuthority();
    }
}
