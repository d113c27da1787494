package dev.darkroom.store;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Hosts of storage that speaks S3, and what their names tell: the region, and perhaps a bucket in front. */
enum S3Host {
    /** Has one address for all regions, and takes buckets only in front of it. */
    AWS_ACCELERATED("s3-accelerate(?:\\.dualstack)?\\.amazonaws\\.com", null),
    /** The oldest address has no region: what it leads to is in the first one. */
    AWS(
            "s3(?:-fips)?(?:\\.dualstack)?(?:[.-](?!website)(?<region>[a-z]+(?:-[a-z]+)+-\\d+))?\\.amazonaws\\.(?:com|com\\.cn|eu)",
            "us-east-1"),
    /** Network volumes. Their regions are written in capitals, their buckets are the volumes' ids, and they read no signed addresses. */
    RUNPOD("s3api-(?<region>[a-z0-9-]+)\\.runpod\\.io", null),
    /** The account is in the host, sometimes with a jurisdiction. */
    CLOUDFLARE("[0-9a-f]{32}(?:\\.(?:eu|fedramp))?\\.r2\\.cloudflarestorage\\.com", "auto"),
    /** Also the storage of Firebase, whose buckets have dots. */
    GOOGLE("storage\\.googleapis\\.com", "auto"),
    DIGITAL_OCEAN("(?<region>[a-z]{3}\\d)\\.digitaloceanspaces\\.com", null),
    BACKBLAZE("s3\\.(?<region>[a-z]+-[a-z]+-\\d+)\\.backblazeb2\\.com", null),
    WASABI("s3(?:\\.(?<region>[a-z0-9-]+))?\\.wasabisys\\.com", "us-east-1"),
    SCALEWAY("s3\\.(?<region>[a-z]{2}-[a-z]{3})\\.scw\\.cloud", null),
    HETZNER("(?<region>[a-z]{3}\\d)\\.your-objectstorage\\.com", null),
    OVH("s3\\.(?<region>[a-z0-9-]+)\\.(?:io|perf)\\.cloud\\.ovh\\.(?:net|us)", null),
    LINODE("(?<region>[a-z]{2}-[a-z]+-\\d+)\\.linodeobjects\\.com", null),
    /** MinIO and everything else: the region that such servers have unless told otherwise, and nothing in front of the host. */
    OTHER("(?s).*", "us-east-1");

    private final Pattern pattern;
    private final @Nullable String region;

    S3Host(String base, @Nullable String region) {
        String bucket = base.startsWith("(?s)") ? "" : "(?:(?<bucket>.+)\\.)?";
        this.pattern = Pattern.compile(bucket + "(?<base>" + base + ")");
        this.region = region;
    }

    /**
     * A host taken apart.
     *
     * @param base without the bucket
     */
    record Parts(S3Host host, String base, Optional<String> region, Optional<String> bucket) {}

    /** Takes a host in lower case apart. */
    static Parts parse(String name) {
        return Arrays.stream(values())
                .flatMap(host -> host.match(name).stream())
                .findFirst()
                .orElseThrow();
    }

    private Optional<Parts> match(String name) {
        Matcher matcher = pattern.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new Parts(this, matcher.group("base"), group(matcher, "region"), group(matcher, "bucket")));
    }

    private Optional<String> group(Matcher matcher, String name) {
        return pattern.namedGroups().containsKey(name) ? Optional.ofNullable(matcher.group(name)) : Optional.empty();
    }

    /** The region of hosts that do not tell it, if there is one. */
    Optional<String> usualRegion() {
        return Optional.ofNullable(region);
    }

    /** Whether new buckets can be reached only in front of the host. */
    boolean wantsBucketInHost() {
        return this == AWS || this == AWS_ACCELERATED;
    }
}
