package dev.darkroom.store;

import dev.darkroom.job.Destination;
import dev.darkroom.job.FileFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.net.AddressException;
import dev.darkroom.net.WebAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * A bucket, the key to it, and the rules for names and addresses of its files.
 *
 * @param prefix beginning of all names, without a slash at its ends; empty for none
 * @param publicUrl address at which everybody can read the bucket; empty for signed addresses
 * @param expiry how long signed addresses can be read
 * @param timeout how long one attempt may take
 */
public record S3Target(
        S3Endpoint endpoint,
        String accessKeyId,
        String secretAccessKey,
        String prefix,
        Optional<URI> publicUrl,
        Duration expiry,
        Duration timeout) {
    private static final Duration LONGEST_EXPIRY = Duration.ofDays(7);
    private static final int LONGEST_PREFIX = 512;

    /**
     * Reads the settings of the worker's own bucket; empty without one.
     *
     * @throws IllegalArgumentException naming the setting that is missing or wrong
     */
    public static Optional<S3Target> of(S3Settings settings) {
        S3Names names = S3Names.SETTINGS;
        if (settings.endpoint().isEmpty()) {
            boolean others = Stream.of(settings.accessKeyId(), settings.secretAccessKey(), settings.bucket())
                    .anyMatch(Optional::isPresent);
            check(!others, names.endpoint, "must be set, for other settings of the bucket are");
            return Optional.empty();
        }
        var endpoint = S3Endpoint.of(
                settings.endpoint().get(), settings.region(), settings.bucket(), settings.pathStyle(), names);
        Optional<URI> publicUrl = settings.publicUrl().map(S3Target::checkedPublic);
        Duration expiry = settings.expiry();
        check(
                expiry.compareTo(Duration.ofSeconds(1)) >= 0 && expiry.compareTo(LONGEST_EXPIRY) <= 0,
                "DARKROOM_S3_EXPIRY",
                "must be from a second to seven days, not " + expiry);
        check(settings.timeout().isPositive(), "DARKROOM_S3_TIMEOUT", "must be above 0, not " + settings.timeout());
        return Optional.of(new S3Target(
                endpoint,
                set(settings.accessKeyId(), names.accessKeyId, names),
                set(settings.secretAccessKey(), names.secretAccessKey, names),
                prefix(settings.prefix().orElse(""), names),
                publicUrl,
                expiry,
                settings.timeout()));
    }

    /**
     * Reads the fields of a job's own bucket.
     *
     * @throws JobException naming the field that is missing or wrong
     */
    static S3Target of(Destination destination, Duration expiry, Duration timeout) {
        S3Names names = S3Names.JOB;
        try {
            var endpoint = S3Endpoint.of(
                    destination.endpoint(),
                    Optional.empty(),
                    Optional.of(destination.bucket()).filter(bucket -> !bucket.isBlank()),
                    Optional.empty(),
                    names);
            return new S3Target(
                    endpoint,
                    set(Optional.of(destination.accessId()), names.accessKeyId, names),
                    set(Optional.of(destination.accessSecret()), names.secretAccessKey, names),
                    prefix(destination.prefix(), names),
                    Optional.empty(),
                    expiry,
                    timeout);
        } catch (IllegalArgumentException e) {
            throw new JobException(JobException.Code.BAD_INPUT, String.valueOf(e.getMessage()), e);
        }
    }

    /** Returns the same bucket where the storage has another address. */
    S3Target at(S3Endpoint other) {
        return new S3Target(other, accessKeyId, secretAccessKey, prefix, publicUrl, expiry, timeout);
    }

    /** Returns a new key for a file, which nobody can guess. */
    String key(ResultName name, FileFormat format) {
        return inPrefix(name.folder() + "/" + ResultName.unguessable(format));
    }

    String inPrefix(String name) {
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    /** Returns the address at which everybody reads a file, if the bucket is public. */
    Optional<URI> publicAddress(String key) {
        return publicUrl.map(base -> URI.create(base.toString().replaceFirst("/+$", "") + "/" + encoded(key)));
    }

    /** Returns the {@code s3:} name of a file, for whoever holds a key to the bucket. */
    URI plainAddress(String key) {
        return URI.create("s3://" + endpoint.bucket() + "/" + encoded(key));
    }

    static String encoded(String key) {
        return SdkHttpUtils.urlEncodeIgnoreSlashes(key);
    }

    private static String set(Optional<String> value, String name, S3Names names) {
        return value.map(String::strip)
                .filter(it -> !it.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException(name + ": must be set, for " + names.endpoint + " is"));
    }

    private static String prefix(String said, S3Names names) {
        String prefix = said.strip().replaceFirst("^/+", "").replaceFirst("/+$", "");
        boolean plain = prefix.chars().noneMatch(Character::isISOControl)
                && Stream.of(prefix.split("/", -1)).noneMatch(it -> it.equals(".") || it.equals(".."));
        boolean whole = prefix.isEmpty() || !prefix.contains("//");
        check(plain && whole, names.prefix, "must be names with single slashes between them");
        check(prefix.length() <= LONGEST_PREFIX, names.prefix, "must have at most " + LONGEST_PREFIX + " characters");
        return prefix;
    }

    private static URI checkedPublic(URI url) {
        try {
            WebAddress address = WebAddress.of(url.toString());
            if (!address.hasQuery() && url.getRawFragment() == null) {
                return address.uri();
            }
        } catch (AddressException e) {
            // refused below
        }
        throw new IllegalArgumentException(
                "BUCKET_PUBLIC_URL: must be an address such as https://pictures.example.com");
    }

    private static void check(boolean holds, String name, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + rule);
        }
    }

    /** Returns the bucket and its host, without the key, so that no log shows it. */
    @Override
    public String toString() {
        return endpoint.toString();
    }
}
