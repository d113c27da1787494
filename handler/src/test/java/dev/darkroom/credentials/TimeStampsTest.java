package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.darkroom.credentials.cose.TimeStamps;
import dev.darkroom.credentials.key.Keys;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.image.Inscription;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
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

/** Signatures that an authority has seen, from a server that speaks RFC 3161. */
class TimeStampsTest {
    private static final Instant TIME =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(3_600);
    private static final Path LEFT = Path.of("target/credentials-test-stamped");

    @TempDir
    Path keys;

    private HttpServer server;
    private volatile int status = 200;

    @BeforeEach
    void serve() throws IOException, GeneralSecurityException, OperatorCreationException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        X509Certificate certificate = certificate(pair);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, pair, certificate));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static X509Certificate certificate(KeyPair pair)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        var name = new X500Name("CN=Stamps of a test");
        var builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.TWO,
                Date.from(TIME.minus(1, ChronoUnit.DAYS)),
                Date.from(TIME.plus(10, ChronoUnit.DAYS)),
                name,
                pair.getPublic());
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(pair.getPublic()));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
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
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
        } catch (TSPException | GeneralSecurityException | OperatorCreationException e) {
            throw new IOException(e);
        }
    }

    private byte[] file(ImageFormat format) throws IOException {
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        var writer = new ManifestWriter(
                Keys.find(Optional.empty(), Optional.empty(), keys), Optional.of(new TimeStamps(address)), "0.1.0");
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
            Credentials read = SignedPictures.READER.read(file).orElseThrow();

            assertThat(read.findings().failures()).isEmpty();
            assertThat(read.time()).contains(TIME);
        }
    }

    @Test
    void withoutAnAnswerThePictureGoesOutWithoutATime() throws IOException {
        status = 500;
        Credentials read = SignedPictures.READER.read(file(ImageFormat.PNG)).orElseThrow();

        assertThat(read.findings().failures()).isEmpty();
        assertThat(read.time()).isEmpty();
    }
}
