package dev.darkroom.store;

import dev.darkroom.job.FileFormat;
import dev.darkroom.job.ImageFormat;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * Stores results in a bucket by the S3 protocol. Files get names that nobody can guess; large ones are sent in parts; transient failures
 * are retried. A file's address is the bucket's public one, or one that is signed and expires.
 */
public final class S3Store implements ResultStore {
    private static final String NEVER_CHANGES = "private, max-age=31536000, immutable";

    private final S3Target target;
    private final S3Connections connections;
    private final BucketClock clock;

    public S3Store(S3Target target, S3Connections connections) {
        this.target = target;
        this.connections = connections;
        this.clock = new BucketClock(InstantSource.system(), target.toString());
    }

    @Override
    public URI store(ResultName name, byte[] file, FileFormat format) throws StoreException {
        String key = target.key(name, format);
        put(key, file, format.mediaType());
        return address(key);
    }

    @Override
    public List<String> notes() {
        if (givesAddresses()) {
            return target.publicUrl().isPresent()
                    ? List.of()
                    : clock.note().stream().toList();
        }
        return List.of(target.endpoint().host()
                + " signs no addresses: read the pictures with a key to the bucket, or on the volume itself");
    }

    /**
     * Stores a small file, reads it at its address and deletes it again: the only rights that this worker needs.
     *
     * @return one line for people
     * @throws StoreException if that failed
     */
    String check() throws StoreException {
        String key = target.inPrefix("darkroom-check-" + ResultName.unguessable(ImageFormat.PNG));
        put(key, "This worker can store results here.\n".getBytes(StandardCharsets.UTF_8), "text/plain");
        if (target.publicUrl().isEmpty() && givesAddresses()) {
            SignedRead.check(target, SignedAddress.of(reachable(), key, clock));
        }
        return target.endpoint() + " takes files" + (deleted(key) ? "" : "; they cannot be deleted, " + key + " stays");
    }

    /** Returns the bucket at the address that is connected to. */
    private S3Target reachable() {
        return target.at(target.endpoint().at(S3Connections.reachable(target.endpoint())));
    }

    private void put(String key, byte[] file, String mediaType) throws StoreException {
        call(client -> client.putObject(
                put -> put.bucket(target.endpoint().bucket())
                        .key(key)
                        .contentType(mediaType)
                        .contentDisposition("inline")
                        .cacheControl(NEVER_CHANGES),
                AsyncRequestBody.fromBytesUnsafe(file)));
    }

    private boolean deleted(String key) {
        try {
            call(client -> client.deleteObject(
                    delete -> delete.bucket(target.endpoint().bucket()).key(key)));
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    private void call(Function<S3AsyncClient, CompletableFuture<?>> request) throws StoreException {
        try (S3AsyncClient client = connections.client(target, clock)) {
            CompletableFuture<?> answer = request.apply(client);
            try {
                answer.get();
            } catch (InterruptedException e) {
                answer.cancel(true);
                Thread.currentThread().interrupt();
                throw new StoreException("the worker stopped while " + target.endpoint() + " was written", e);
            }
        } catch (ExecutionException | RuntimeException e) {
            throw S3Failure.explained(target, e);
        }
    }

    private boolean givesAddresses() {
        return target.publicUrl().isPresent() || target.endpoint().signsAddresses();
    }

    /** Returns the address at which callers read a file. */
    URI address(String key) {
        return target.publicAddress(key)
                .orElseGet(() -> givesAddresses() ? SignedAddress.of(target, key, clock) : target.plainAddress(key));
    }

    /** Returns the bucket and its host. */
    @Override
    public String toString() {
        return target.toString();
    }
}
