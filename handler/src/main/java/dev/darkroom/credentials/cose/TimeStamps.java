package dev.darkroom.credentials.cose;

import dev.darkroom.snapshot.Randomness;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;
import org.jboss.logging.Logger;

/**
 * Asks an authority to stamp the time on signatures (RFC 3161). A picture is not held up for it: without an answer in time that holds, its
 * signature stays without a time. Safe for several threads; nothing is kept between two stamps.
 */
public final class TimeStamps {
    /** Bytes that are kept free in a file for a token and its padding. */
    public static final int ROOM = 12_000;

    private static final Logger LOG = Logger.getLogger(TimeStamps.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LARGEST_ANSWER = 64 << 10;
    private static final int NONCE = 8;
    private static final int OK = 200;

    private final URI authority;
    private final Duration patience;

    /** @param authority its http or https address */
    public TimeStamps(URI authority) {
        this(authority, PATIENCE);
    }

    /** @param patience time in which all of the answer must have come */
    public TimeStamps(URI authority, Duration patience) {
        this.authority = authority;
        this.patience = patience;
    }

    /** Returns a token for these bytes; empty if the authority gives none that holds, which the log tells. */
    public Optional<byte[]> stamp(byte[] bytes) {
        try {
            byte[] token = token(bytes).getEncoded();
            if (token.length > ROOM - 1_000) {
                throw new IOException("its token has " + token.length + " bytes, more than there is room for");
            }
            return Optional.of(token);
        } catch (TimeoutException e) {
            LOG.warnf("no time stamp from %s: it took more than %d ms", authority.getHost(), patience.toMillis());
        } catch (ExecutionException e) {
            LOG.warnf("no time stamp from %s: %s", authority.getHost(), e.getCause());
        } catch (IOException | TSPException | RuntimeException e) { // parsers of its answer throw anything
            LOG.warnf("no time stamp from %s: %s", authority.getHost(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private TimeStampToken token(byte[] bytes)
            throws IOException, TSPException, InterruptedException, ExecutionException, TimeoutException {
        byte[] nonce = new byte[NONCE];
        Randomness.fill(nonce);
        var generator = new TimeStampRequestGenerator();
        generator.setCertReq(true);
        TimeStampRequest request =
                generator.generate(NISTObjectIdentifiers.id_sha256, sha256(bytes), new BigInteger(1, nonce));
        HttpResponse<byte[]> answer = answer(request.getEncoded());
        if (answer.statusCode() != OK) {
            throw new IOException("it answered " + answer.statusCode());
        }
        var response = new TimeStampResponse(answer.body());
        response.validate(request);
        TimeStampToken token = response.getTimeStampToken();
        if (token == null) {
            throw new IOException("it refused: " + response.getStatusString());
        }
        var unused = StampedTime.checked(token);
        return token;
    }

    /** Waits for the whole answer: the time limit of a request itself ends with the first byte of the body. */
    private HttpResponse<byte[]> answer(byte[] request)
            throws InterruptedException, ExecutionException, TimeoutException {
        HttpClient client = HttpClient.newBuilder().connectTimeout(patience).build();
        try {
            CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(
                    HttpRequest.newBuilder(authority)
                            .timeout(patience)
                            .header("Content-Type", "application/timestamp-query")
                            .header("Accept", "application/timestamp-reply")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                            .build(),
                    HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), LARGEST_ANSWER));
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            client.shutdownNow(); // with what still runs; close() would wait for it
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
