package dev.darkroom.store;

import dev.darkroom.job.Eventually;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A server that speaks S3 and checks signatures, in this process and in memory, with one bucket. */
public final class S3Server implements BeforeAllCallback, AfterAllCallback {
    public static final String KEY_ID = "worker";
    public static final String SECRET = "a-secret-of-the-worker";
    public static final String BUCKET = "pictures";

    // loggers are forgotten unless somebody holds them
    private static final Logger LOG = Logger.getLogger("org.gaul");
    private static final Logger JETTY_LOG = Logger.getLogger("org.gaul.shaded");

    private final S3Connections connections = S3Connections.trusted();
    private final Optional<String> virtualHost;
    private final String path;
    private Optional<S3Proxy> running = Optional.empty();

    /** Reads the name of the bucket from the path. */
    public S3Server() {
        this(Optional.empty(), "");
    }

    /** Reads the name of the bucket from what is in front of a host. */
    S3Server(String virtualHost) {
        this(Optional.of(virtualHost), "");
    }

    private S3Server(Optional<String> virtualHost, String path) {
        this.virtualHost = virtualHost;
        this.path = path;
    }

    /** Is below a path. */
    static S3Server below(String path) {
        return new S3Server(Optional.empty(), path);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        LOG.setLevel(Level.WARNING);
        JETTY_LOG.setLevel(Level.WARNING);
        var store = new TransientNio2BlobStore();
        store.createContainer(BUCKET);
        S3Proxy.Builder server = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, KEY_ID, SECRET)
                .blobStore(store);
        virtualHost.ifPresent(server::virtualHost);
        if (!path.isEmpty()) {
            server.servicePath(path);
        }
        S3Proxy proxy = server.build();
        proxy.start();
        running = Optional.of(proxy);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        connections.close();
        running.orElseThrow().stop();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + running.orElseThrow().getPort());
    }

    /** The bucket with the key to it. */
    public S3Target target() {
        return target(address(), SECRET, "", Optional.empty());
    }

    static S3Target target(URI endpoint, String secret, String prefix, Optional<URI> publicUrl) {
        return target(endpoint, BUCKET, secret, prefix, publicUrl, Duration.ofHours(1));
    }

    static S3Target target(
            URI endpoint, String bucket, String secret, String prefix, Optional<URI> publicUrl, Duration expiry) {
        return new S3Target(
                S3Endpoint.of(endpoint, Optional.empty(), Optional.of(bucket), Optional.empty(), S3Names.SETTINGS),
                KEY_ID,
                secret,
                prefix,
                publicUrl,
                expiry,
                Eventually.NEVER);
    }

    /** What the bucket has stored. */
    List<String> keys() {
        try (S3AsyncClient client = connections.client(target(), new ExecutionInterceptor() {})) {
            return client.listObjectsV2(list -> list.bucket(BUCKET)).join().contents().stream()
                    .map(S3Object::key)
                    .toList();
        }
    }

    /** What is said of a stored file. */
    HeadObjectResponse properties(String key) {
        try (S3AsyncClient client = connections.client(target(), new ExecutionInterceptor() {})) {
            return client.headObject(head -> head.bucket(BUCKET).key(key)).join();
        }
    }
}
