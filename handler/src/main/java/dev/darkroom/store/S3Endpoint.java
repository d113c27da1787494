package dev.darkroom.store;

import dev.darkroom.job.Faults;
import dev.darkroom.net.AddressException;
import dev.darkroom.net.WebAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The address of a bucket and the form of requests to it, derived from an endpoint as people write it and the settings beside it.
 *
 * @param address of the storage itself, without the bucket; with a path if the storage is below one
 * @param region that requests are signed for
 * @param pathStyle true if the bucket is in the path of requests, false if it is in front of the host
 * @param signsAddresses false where the storage refuses signed addresses
 */
public record S3Endpoint(URI address, String region, String bucket, boolean pathStyle, boolean signsAddresses) {
    /** Buckets elsewhere may be named more freely than Amazon's; none may change the host or the path that it stands in. */
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9](?:[._-]?[A-Za-z0-9_-]){1,221}");

    /** The path that Supabase's storage is below, hosted or not: its last part is no bucket. */
    private static final String SUPABASE = "/storage/v1/s3";

    private static final Pattern FRONT = Pattern.compile("[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?");
    private static final Pattern PATH = Pattern.compile("(?:/[A-Za-z0-9._~-]+)*");

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
        WebAddress address = address(endpoint, names);
        S3Host.Parts parts = withNamedBucketInFront(S3Host.parse(address.host()), bucket, pathStyle);
        Path path = Path.of(address, parts, bucket, names);
        String itsBucket = agreed(bucket, agreed(parts.bucket(), path.bucket, names), names)
                .filter(it -> !it.isBlank())
                .orElseThrow(() -> new IllegalArgumentException(
                        names.bucket + ": must be set, for " + names.endpoint + " has no bucket in it"));
        check(BUCKET.matcher(itsBucket).matches(), names.bucket, "is no name of a bucket: " + Faults.quoted(itsBucket));
        String itsRegion = region(parts, region, names);
        check(REGION.matcher(itsRegion).matches(), names.region, "is no region: " + Faults.quoted(itsRegion));
        boolean inHost = parts.bucket().isPresent() || parts.host().wantsBucketInHost();
        // a certificate for *.host does not hold for two labels
        boolean inPath = !path.base.isEmpty()
                || !isLabels(itsBucket, address.isSecure())
                || pathStyle.orElse(!inHost || itsBucket.indexOf('.') >= 0);
        return new S3Endpoint(
                at(address, regional(parts, itsRegion), path.base),
                itsRegion,
                itsBucket,
                inPath,
                parts.host() != S3Host.RUNPOD);
    }

    /** Returns false for buckets that the SDK never puts in front of a host, whatever it is told. */
    private static boolean isLabels(String bucket, boolean secure) {
        return FRONT.matcher(bucket).matches() && !(secure && bucket.indexOf('.') >= 0);
    }

    private static WebAddress address(URI endpoint, S3Names names) {
        check(
                !String.valueOf(endpoint.getRawAuthority()).contains("@")
                        && endpoint.getRawQuery() == null
                        && endpoint.getRawFragment() == null,
                names.endpoint,
                "must be an address without user, query and fragment");
        WebAddress address;
        try {
            address = WebAddress.of(endpoint.toString());
        } catch (AddressException e) {
            throw new IllegalArgumentException(
                    names.endpoint + ": must be an address such as https://s3.eu-west-2.amazonaws.com", e);
        }
        check(
                !address.host().equals("firebasestorage.googleapis.com"),
                names.endpoint,
                "does not speak S3; Firebase's buckets are reached at https://storage.googleapis.com");
        check(
                !(address.isSecure()
                        && address.host().indexOf('_') >= 0
                        && S3Host.parse(address.host()).host() == S3Host.OTHER),
                names.endpoint,
                "has an underscore in its host, which no certificate can be for: use http, or another name of the host");
        return address;
    }

    /**
     * Tells the bucket from the base in the path of an endpoint.
     *
     * @param base the path that the storage is below; empty for none
     */
    private record Path(String base, Optional<String> bucket) {
        /** The last part of a path is the bucket, unless another one is named; storage with a known host is never below a path. */
        static Path of(WebAddress address, S3Host.Parts parts, Optional<String> named, S3Names names) {
            String whole = address.path().replaceFirst("/+$", "");
            int slash = whole.lastIndexOf('/');
            Optional<String> last = slash < 0 ? Optional.empty() : Optional.of(whole.substring(slash + 1));
            boolean below = parts.host() == S3Host.OTHER;
            if (below && (whole.endsWith(SUPABASE) || (named.isPresent() && !named.equals(last)))) {
                check(PATH.matcher(whole).matches(), names.endpoint, "must have a plain path, not " + whole);
                return new Path(whole, Optional.empty());
            }
            String base = slash < 0 ? "" : whole.substring(0, slash);
            check(
                    base.isEmpty() || (below && PATH.matcher(base).matches()),
                    names.endpoint,
                    "must have no more than a bucket as its path, not " + whole);
            return new Path(base, last);
        }
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

    private static URI at(WebAddress address, String host, String base) {
        String port = address.authority().substring(address.host().length());
        return URI.create((address.isSecure() ? "https://" : "http://") + host + port + base);
    }

    private static void check(boolean holds, String name, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + rule);
        }
    }

    /** Returns the host of requests, with the bucket in front if it stands there. */
    String host() {
        String host = WebAddress.of(address.toString()).host();
        return pathStyle ? host : bucket + "." + host;
    }

    /** Returns the port of requests. */
    int port() {
        return WebAddress.of(address.toString()).port();
    }

    /**
     * Returns the path of a file in requests.
     *
     * @param key the file's name, encoded
     */
    String pathOf(String key) {
        String base = Objects.requireNonNullElse(address.getRawPath(), "");
        return base + (pathStyle ? "/" + bucket : "") + "/" + key;
    }

    /** Returns the same bucket where the storage has another address. */
    S3Endpoint at(URI other) {
        return new S3Endpoint(other, region, bucket, pathStyle, signsAddresses);
    }

    /** Returns the bucket and the host, for messages. */
    @Override
    public String toString() {
        return "bucket " + bucket + " at " + address.getRawAuthority();
    }
}
