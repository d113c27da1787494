package dev.darkroom.store;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.ProxyConfiguration;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Shared connections and threads for buckets. Clients and signers are created from them for one use, own nothing, and so need no cache:
 * connecting, which costs time, is shared.
 */
public final class S3Connections implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 32;
    private static final int ATTEMPTS = 4;
    /** Time for the pauses between attempts, which are longest where storage is overloaded. */
    private static final Duration PAUSES = Duration.ofSeconds(20);

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final SdkAsyncHttpClient http;
    private final ExecutorService completions = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService delays = delays();
    private final List<ExecutionInterceptor> interceptors;

    private S3Connections(ProxyConfiguration proxy, List<ExecutionInterceptor> interceptors) {
        this.interceptors = interceptors;
        this.http = NettyNioAsyncHttpClient.builder()
                .maxConcurrency(MOST_CONNECTIONS)
                .connectionTimeout(CONNECT)
                .tlsNegotiationTimeout(CONNECT)
                .connectionAcquisitionTimeout(SILENCE)
                .readTimeout(SILENCE)
                .writeTimeout(SILENCE)
                .proxyConfiguration(proxy)
                .build();
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
        return new S3Connections(ProxyConfiguration.builder().build(), List.of(new PlainMultipart()));
    }

    /** Returns connections to buckets that callers name: every host is checked, and no proxy looks it up once more. */
    static S3Connections checked(AddressCheck check) {
        return new S3Connections(
                ProxyConfiguration.builder()
                        .useSystemPropertyValues(false)
                        .useEnvironmentVariableValues(false)
                        .build(),
                List.of(new PlainMultipart(), check));
    }

    /** Returns a client, to be closed after use. It omits checksums and chunks that only Amazon understands. */
    S3AsyncClient client(S3Target target) {
        return S3AsyncClient.builder()
                .httpClient(http)
                .endpointOverride(target.endpoint().address())
                .region(Region.of(target.endpoint().region()))
                .credentialsProvider(credentials(target))
                .serviceConfiguration(configuration(target))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .multipartEnabled(true)
                .asyncConfiguration(options ->
                        options.advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, completions))
                .overrideConfiguration(override(target))
                .build();
    }

    /** Returns a signer of addresses, to be closed after use. */
    S3Presigner presigner(S3Target target) {
        return S3Presigner.builder()
                .endpointOverride(target.endpoint().address())
                .region(Region.of(target.endpoint().region()))
                .credentialsProvider(credentials(target))
                .serviceConfiguration(configuration(target))
                .build();
    }

    private ClientOverrideConfiguration override(S3Target target) {
        return ClientOverrideConfiguration.builder()
                .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(ATTEMPTS)
                        .build())
                .apiCallAttemptTimeout(target.timeout())
                .apiCallTimeout(target.timeout().multipliedBy(ATTEMPTS).plus(PAUSES))
                .executionInterceptors(interceptors)
                .scheduledExecutorService(delays)
                // profiles in the home folder of whoever starts the worker are not read
                .defaultProfileFile(ProfileFile.aggregator().build())
                .build();
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

    @Override
    public void close() {
        http.close();
        delays.shutdownNow();
        completions.close();
    }
}
