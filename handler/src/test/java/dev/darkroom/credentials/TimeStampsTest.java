package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.darkroom.credentials.cose.TimeStamps;
import dev.darkroom.credentials.key.Keys;
import dev.darkroom.credentials.reading.Anchors;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.credentials.reading.CredentialsReader;
import dev.darkroom.image.Inscription;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signatures that an authority has seen, from a server that speaks RFC 3161. */
class TimeStampsTest {
    private static final Instant TIME =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(3_600);
    private static final TestAuthority AUTHORITY = TestAuthority.make("Authority of a test");
    private static final Path LEFT = Path.of("target/credentials-test-stamped");

    @TempDir
    Path keys;

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;
    private volatile Fault fault = Fault.NONE;
    private Duration patience = Duration.ofSeconds(10);

    @BeforeEach
    void serve() throws IOException, GeneralSecurityException, OperatorCreationException {
        KeyPair pair = TestAuthority.pair("secp256r1");
        X509Certificate certificate = AUTHORITY.certificate(
                "CN=Stamps of a test",
                pair.getPublic(),
                TestAuthority.Span.around(TIME),
                KeyPurposeId.id_kp_timeStamping);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, pair, certificate));
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
    }

    /** What an authority may do instead of its work. */
    private enum Fault {
        NONE,
        REFUSAL,
        GARBAGE,
        BROKEN_SIGNATURE,
        SILENCE,
        TRICKLE,
        NO_END
    }

    private void answer(HttpExchange exchange, KeyPair pair, X509Certificate certificate) throws IOException {
        try (exchange) {
            var request = new TimeStampRequest(exchange.getRequestBody());
            var digests = new JcaDigestCalculatorProviderBuilder().build();
            var tokens = new TimeStampTokenGenerator(
                    new JcaSimpleSignerInfoGeneratorBuilder().build("SHA256withECDSA", pair.getPrivate(), certificate),
                    digests.get(new AlgorithmIdentifier(TSPAlgorithms.SHA256)),
                    new ASN1ObjectIdentifier("1.2.3.4"));
            tokens.addCertificates(new JcaCertStore(List.of(certificate)));
            byte[] answer = new TimeStampResponseGenerator(tokens, TSPAlgorithms.ALLOWED)
                    .generate(request, BigInteger.ONE, Date.from(TIME))
                    .getEncoded();
            send(exchange, answer);
        } catch (TSPException | GeneralSecurityException | OperatorCreationException e) {
            throw new IOException(e);
        }
    }

    private void send(HttpExchange exchange, byte[] answer) throws IOException {
        if (fault == Fault.BROKEN_SIGNATURE) {
            answer[answer.length - 3] ^= 1; // it is the last thing in a token
        }
        int length = fault.compareTo(Fault.SILENCE) < 0 ? answer.length : 0;
        exchange.sendResponseHeaders(fault == Fault.REFUSAL ? 500 : 200, length);
        OutputStream body = exchange.getResponseBody();
        switch (fault) {
            case NONE, REFUSAL, BROKEN_SIGNATURE -> body.write(answer);
            case GARBAGE -> body.write(new byte[answer.length]);
            case SILENCE -> {
                body.flush();
                waited(TimeUnit.DAYS.toMillis(1));
            }
            case TRICKLE -> {
                do {
                    body.write(0x30);
                    body.flush();
                } while (!waited(20));
            }
            case NO_END -> {
                do {
                    body.write(new byte[1 << 16]);
                } while (!waited(0));
            }
        }
    }

    /** Returns true if the test is over. */
    private boolean waited(long ms) {
        try {
            return over.await(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private byte[] file(ImageFormat format) throws IOException {
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        var writer = new ManifestWriter(
                Keys.find(Optional.empty(), Optional.empty(), keys),
                Optional.of(new TimeStamps(address, patience)),
                "0.1.0");
        var origin = new Origin(Optional.of(new Origin.Model("m", Optional.empty())), List.of(), Optional.empty());
        return PictureEncoder.encode(
                SignedPictures.waves(50, 40, 1),
                format,
                90,
                new Inscription(null, null, (file, as) -> writer.sealed(file, as, origin)));
    }

    @Test
    void theTimeIsThatOfTheAuthority() throws IOException {
        Files.createDirectories(LEFT);
        for (ImageFormat format : ImageFormat.values()) {
            byte[] file = file(format);
            Files.write(LEFT.resolve("stamped." + format.extension()), file);
            Credentials read = reader().read(file).orElseThrow();

            assertThat(read.findings().failures()).isEmpty();
            assertThat(read.time()).contains(TIME);
            assertThat(SignedPictures.READER.read(file).orElseThrow().time()).isEmpty();
        }
    }

    private static CredentialsReader reader() {
        return new CredentialsReader(new Anchors(List.of(AUTHORITY.certificate())));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void withoutAnAnswerThatHoldsThePictureGoesOutWithoutATime(Fault kind) throws IOException {
        fault = kind;
        patience = kind.compareTo(Fault.SILENCE) < 0 ? patience : PATIENCE;
        byte[] file = file(ImageFormat.PNG);
        Credentials read = reader().read(file).orElseThrow();

        assertThat(read.findings().failures()).isEmpty();
        assertThat(read.time()).isEmpty();
        assertThat(read.findings().cbor().toString()).doesNotContain("timeStamp");
    }
}
