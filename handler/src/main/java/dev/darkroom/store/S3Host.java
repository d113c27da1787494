package dev.darkroom.store;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Providers of S3 storage, recognised by their hosts; a host also gives the region, and perhaps a bucket in front. */
enum S3Host {
    /** Amazon's accelerated host: one address for all regions, with buckets only in front of it. */
    AWS_ACCELERATED("s3-accelerate(?:\\.dualstack)?\\.amazonaws\\.com", null),
    /** Amazon's hosts. The oldest has no region in it: it leads to the first region. */
    AWS(
            "s3(?:-fips)?(?:\\.dualstack)?(?:[.-](?!website)(?<region>[a-z]+(?:-[a-z]+)+-\\d+))?\\.amazonaws\\.(?:com|com\\.cn|eu)",
            "us-east-1"),
    /** RunPod's network volumes. Their regions are written in capitals, their buckets are the volumes' ids, and they read no signed addresses. */
    RUNPOD("s3api-(?<region>[a-z0-9-]+)\\.runpod\\.io", null),
    /** Cloudflare R2. The account is in the host, sometimes with a jurisdiction. */
    CLOUDFLARE("[0-9a-f]{32}(?:\\.(?:eu|fedramp))?\\.r2\\.cloudflarestorage\\.com", "auto"),
    /** Google's storage, which is also that of Firebase, whose buckets have dots. */
    GOOGLE("storage\\.googleapis\\.com", "auto"),
    DIGITAL_OCEAN("(?<region>[a-z]{3}\\d)\\.digitaloceanspaces\\.com", null),
    BACKBLAZE("s3\\.(?<region>[a-z]+-[a-z]+-\\d+)\\.backblazeb2\\.com", null),
    WASABI("s3(?:\\.(?<region>[a-z0-9-]+))?\\.wasabisys\\.com", "us-east-1"),
    SCALEWAY("s3\\.(?<region>[a-z]{2}-[a-z]{3})\\.scw\\.cloud", null),
    HETZNER("(?<region>[a-z]{3}\\d)\\.your-objectstorage\\.com", null),
    OVH("s3\\.(?<region>[a-z0-9-]+)\\.(?:io|perf)\\.cloud\\.ovh\\.(?:net|us)", null),
    LINODE("(?<region>[a-z]{2}-[a-z]+-\\d+)\\.linodeobjects\\.com", null),
    /** MinIO and everything else: in the region that is the default of such servers, with nothing in front of the host. */
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

    /** Takes apart a host in lower case. */
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

    /** Returns the usual region of hosts that have none in their name. */
    Optional<String> usualRegion() {
        return Optional.ofNullable(region);
    }

    /** Returns true if new buckets can be reached only in front of the host. */
    boolean wantsBucketInHost() {
        return this == AWS || this == AWS_ACCELERATED;
    }
}
