package dev.darkroom.credentials.cose;

import dev.darkroom.snapshot.Randomness;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;
import org.jboss.logging.Logger;

/**
 * Asks an authority to stamp the time on signatures (RFC 3161). A picture is not held up for it: without an answer its signature stays
 * without a time.
 */
public final class TimeStamps {
    /** Bytes that are kept free in a file for a token and its padding. */
    public static final int ROOM = 12_000;

    private static final Logger LOG = Logger.getLogger(TimeStamps.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int LARGEST_ANSWER = 64 << 10;
    private static final int NONCE = 8;

    private final URI authority;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /** @param authority its http or https address */
    public TimeStamps(URI authority) {
        this.authority = authority;
    }

    /** Returns a token for these bytes; empty if the authority gives none, which the log tells. */
    public Optional<byte[]> stamp(byte[] bytes) {
        try {
            byte[] token = token(bytes).getEncoded();
            if (token.length > ROOM - 1_000) {
                throw new IOException("its token has " + token.length + " bytes, more than there is room for");
            }
            return Optional.of(token);
        } catch (IOException | TSPException e) {
            LOG.warnf("no time stamp from %s: %s", authority.getHost(), e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private TimeStampToken token(byte[] bytes) throws IOException, TSPException, InterruptedException {
        byte[] nonce = new byte[NONCE];
        Randomness.fill(nonce);
        var generator = new TimeStampRequestGenerator();
        generator.setCertReq(true);
        TimeStampRequest request =
                generator.generate(NISTObjectIdentifiers.id_sha256, sha256(bytes), new BigInteger(1, nonce));
        HttpResponse<InputStream> answer = client.send(
                HttpRequest.newBuilder(authority)
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/timestamp-query")
                        .header("Accept", "application/timestamp-reply")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(request.getEncoded()))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new IOException("it answered " + answer.statusCode());
            }
            var response = new TimeStampResponse(body.readNBytes(LARGEST_ANSWER));
            response.validate(request);
            TimeStampToken token = response.getTimeStampToken();
            if (token == null) {
                throw new IOException("it refused: " + response.getStatusString());
            }
            return token;
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
