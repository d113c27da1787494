package dev.darkroom.store;

import dev.darkroom.net.AllowedHosts;
import dev.darkroom.net.WebAddress;
import dev.darkroom.snapshot.Restored;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.ProxyConfiguration;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Configuration;

/**
 * Shared connections and threads for buckets. Clients and signers are created from them for one use, own nothing, and so need no cache:
 * connecting, which costs time, is shared.
 */
public final class S3Connections implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 64;
    private static final int ATTEMPTS = 4;
    /** Time for the pauses between attempts, which are longest where storage is overloaded. */
    private static final Duration PAUSES = Duration.ofSeconds(20);

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** Longest wait for one of the connections; now and then the pool never hears that one was refused. */
    private static final Duration ACQUIRE = Duration.ofSeconds(10);

    /** After a restore, time in which what was under way has ended. */
    private static final Duration LONGEST_REQUEST = Duration.ofMinutes(10);

    private static final int THREADS = 2;
    private static final int LONGEST_CLOSING_SECONDS = 2;

    private final Supplier<ProxyConfiguration> proxy;
    private final ExecutorService completions = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService delays = delays();
    private final List<ExecutionInterceptor> interceptors;
    private final Restored.Registration restores = Restored.listen("connections to buckets", wake -> reconnect());
    private @Nullable Connected connected;

    private S3Connections(Supplier<ProxyConfiguration> proxy, List<ExecutionInterceptor> interceptors) {
        this.proxy = proxy;
        this.interceptors = interceptors;
    }

    /** The SDK's HTTP client, and its threads, which it would wait two seconds for before it lets them go. */
    private record Connected(SdkAsyncHttpClient http, EventLoopGroup threads) {}

    /** Returns the HTTP client, made when it is first needed: many workers never store into a bucket. */
    private synchronized SdkAsyncHttpClient http() {
        Connected known = connected;
        if (known == null) {
            var threads = new NioEventLoopGroup(
                    THREADS, Thread.ofPlatform().daemon().name("s3-io-", 0).factory());
            SdkAsyncHttpClient http = NettyNioAsyncHttpClient.builder()
                    .eventLoopGroup(SdkEventLoopGroup.create(threads, NioSocketChannel::new))
                    .maxConcurrency(MOST_CONNECTIONS)
                    .connectionTimeout(CONNECT)
                    .tlsNegotiationTimeout(CONNECT)
                    .connectionAcquisitionTimeout(ACQUIRE)
                    .readTimeout(SILENCE)
                    .writeTimeout(SILENCE)
                    .proxyConfiguration(proxy.get())
                    .build();
            known = new Connected(http, threads);
            connected = known;
        }
        return known.http;
    }

    /** Connects anew for all requests that begin from now on; those that are under way have their time on the old connections. */
    private synchronized void reconnect() {
        Connected before = connected;
        connected = null;
        if (before != null) {
            var unused = delays.schedule(() -> close(before), LONGEST_REQUEST.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** Creates the timer of requests. Each request sets timeouts of minutes; those that it did not need are removed with it. */
    private static ScheduledExecutorService delays() {
        var delays = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("s3-", 0).factory());
        delays.setRemoveOnCancelPolicy(true);
        return delays;
    }

    /** Returns connections to the bucket of the worker's settings, through a proxy if the environment names one. */
    public static S3Connections trusted() {
        return new S3Connections(() -> ProxyConfiguration.builder().build(), List.of(new PlainMultipart()));
    }

    /** Returns connections to buckets that callers name: every host is checked, and no proxy looks it up once more. */
    static S3Connections checked(AddressCheck check) {
        return new S3Connections(
                () -> ProxyConfiguration.builder()
                        .useSystemPropertyValues(false)
                        .useEnvironmentVariableValues(false)
                        .build(),
                List.of(new PlainMultipart(), check));
    }

    /**
     * Returns a client, to be closed after use. It omits checksums and chunks that only Amazon understands. May look a host up.
     *
     * @param listener hears of all requests
     */
    S3AsyncClient client(S3Target target, ExecutionInterceptor listener) {
        return S3AsyncClient.builder()
                .httpClient(http())
                .endpointOverride(reachable(target.endpoint()))
                .region(Region.of(target.endpoint().region()))
                .credentialsProvider(credentials(target))
                .serviceConfiguration(configuration(target))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .multipartEnabled(true)
                .asyncConfiguration(options ->
                        options.advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, completions))
                .overrideConfiguration(override(target, listener))
                .build();
    }

    private ClientOverrideConfiguration override(S3Target target, ExecutionInterceptor listener) {
        return ClientOverrideConfiguration.builder()
                .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(ATTEMPTS)
                        .build())
                .apiCallAttemptTimeout(target.timeout())
                .apiCallTimeout(target.timeout().multipliedBy(ATTEMPTS).plus(PAUSES))
                .executionInterceptors(Stream.concat(interceptors.stream(), Stream.of(listener))
                        .toList())
                .scheduledExecutorService(delays)
                // profiles in the home folder of whoever starts the worker are not read
                .defaultProfileFile(ProfileFile.aggregator().build())
                .build();
    }

    /**
     * Returns the address that the SDK connects to. It finds no host where there is an underscore, and may not find those below localhost:
     * there it is told the host's address.
     */
    static URI reachable(S3Endpoint endpoint) {
        URI address = endpoint.address();
        if (address.getHost() != null && (!AllowedHosts.isBelowLocalhost(address.getHost()) || !endpoint.pathStyle())) {
            return address;
        }
        WebAddress named = WebAddress.of(address.toString());
        if (named.isSecure()) {
            return address;
        }
        try {
            InetAddress host = AllowedHosts.ALL.lookUp(named.host()).getFirst();
            String literal = host instanceof Inet6Address ? "[" + host.getHostAddress() + "]" : host.getHostAddress();
            return URI.create("http://" + literal + ":" + named.port() + named.path());
        } catch (UnknownHostException e) {
            throw SdkClientException.create("unknown host", e);
        }
    }

    private static StaticCredentialsProvider credentials(S3Target target) {
        return StaticCredentialsProvider.create(
                AwsBasicCredentials.create(target.accessKeyId(), target.secretAccessKey()));
    }

    private static S3Configuration configuration(S3Target target) {
        return S3Configuration.builder()
                .pathStyleAccessEnabled(target.endpoint().pathStyle())
                .chunkedEncodingEnabled(false)
                .build();
    }

    private static void close(Connected known) {
        known.http.close();
        var unused = known.threads.shutdownGracefully(0, LONGEST_CLOSING_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        Connected known;
        synchronized (this) {
            known = connected;
        }
        restores.close();
        if (known != null) {
            close(known);
        }
        delays.shutdownNow();
        completions.close();
    }
}
