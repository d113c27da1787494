package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.credentials.key.Keys;
import dev.darkroom.credentials.key.PemFiles;
import dev.darkroom.credentials.key.SigningKey;
import dev.darkroom.credentials.reading.Anchors;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.credentials.reading.CredentialsReader;
import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose key signs. */
class KeysTest {
    @TempDir
    Path folder;

    private static SigningKey find(@Nullable String key, @Nullable String chain) throws IOException {
        return Keys.find(Optional.ofNullable(key), Optional.ofNullable(chain), Path.of("nowhere"));
    }

    /** Text of a key that a worker has made, divided as the settings have it. */
    private record Pem(String key, String chain) {
        static Pem made(Path folder) throws IOException {
            var unused = Keys.find(Optional.empty(), Optional.empty(), folder);
            String text = Files.readString(folder.resolve("own-key.pem"));
            int split = text.indexOf("-----BEGIN PRIVATE KEY");
            return new Pem(text.substring(split), text.substring(0, split));
        }
    }

    @Test
    void aWorkersOwnKeyIsKeptAndIsForItsUserAlone() throws IOException {
        SigningKey made = Keys.find(Optional.empty(), Optional.empty(), folder);
        SigningKey again = Keys.find(Optional.empty(), Optional.empty(), folder);

        assertThat(again.chain()).isEqualTo(made.chain()).hasSize(2);
        assertThat(made.own()).isTrue();
        assertThat(made.signer()).startsWith("Darkroom worker").contains("on no trust list");
        assertThat(made.toString()).doesNotContain(made.key().getD().toString());
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(all.getFirst())))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aKeyOfTheOperatorsIsReadFromFilesAndFromSettings() throws IOException {
        Pem pem = Pem.made(folder);
        Path key = Files.writeString(folder.resolve("key.pem"), pem.key);
        Path chain = Files.writeString(folder.resolve("chain.pem"), pem.chain);

        assertThat(find(key.toString(), chain.toString()).own()).isFalse();
        assertThat(find(pem.key, pem.chain).chain()).hasSize(2);
        assertThat(find(pem.key.replace("\n", "\\n"), pem.chain.replace("\n", "\\n"))
                        .chain())
                .hasSize(2);
    }

    @Test
    void aKeyThatDoesNotFitIsRefusedByItsSetting() throws IOException {
        Pem pem = Pem.made(folder);
        Pem other = Pem.made(folder.resolve("other"));
        String authority = pem.chain.substring(pem.chain.lastIndexOf("-----BEGIN"));

        assertRefused(pem.key, null, "DARKROOM_PROVENANCE_CHAIN: must be set too");
        assertRefused(null, pem.chain, "DARKROOM_PROVENANCE_KEY: must be set too");
        assertRefused("nowhere.pem", pem.chain, "DARKROOM_PROVENANCE_KEY: must be PEM, or a file");
        assertRefused(pem.chain, pem.chain, "DARKROOM_PROVENANCE_KEY: there is no private key");
        assertRefused(pem.key, pem.key, "DARKROOM_PROVENANCE_CHAIN: holds no certificate");
        assertRefused(pem.key, other.chain, "DARKROOM_PROVENANCE_CHAIN: the first certificate is not that of");
        assertRefused(pem.key, authority, "DARKROOM_PROVENANCE_CHAIN: the first certificate is not that of");
        assertRefused(
                pem.key,
                pem.chain.replace(authority, "") + other.chain,
                "DARKROOM_PROVENANCE_CHAIN: each certificate must be followed");
    }

    @Test
    void aCertificateHasToBeForPicturesAndOnTheRightCurve() throws IOException, GeneralSecurityException {
        TestAuthority authority = TestAuthority.make("A");
        KeyPair pair = TestAuthority.pair("secp256r1");
        String key = pem("PRIVATE KEY", pair.getPrivate().getEncoded());
        X509Certificate good = issued(authority, pair, TestAuthority.FOR_PICTURES);
        X509Certificate other = issued(authority, pair, KeyPurposeId.id_kp_serverAuth);

        assertThat(find(key, pem(good)).ends()).isEqualTo(TestAuthority.Span.NOW.to());
        assertRefused(key, pem(other), "DARKROOM_PROVENANCE_CHAIN: the first certificate must be for signing pictures");
        X509Certificate namesake = TestAuthority.make("A").certificate();
        assertThat(find(key, pem(good) + pem(authority.certificate())).chain()).hasSize(2);
        assertRefused(key, pem(good) + pem(namesake), "DARKROOM_PROVENANCE_CHAIN: each certificate must be followed");
        assertRefused(koblitz(), pem(good), "DARKROOM_PROVENANCE_KEY: must be a key on the curve P-256");
    }

    /** Makes a key on a curve that is as long as P-256 and another. */
    private static String koblitz() throws IOException {
        var domain = new ECNamedDomainParameters(
                SECObjectIdentifiers.secp256k1, ECNamedCurveTable.getByOID(SECObjectIdentifiers.secp256k1));
        var key = new ECPrivateKeyParameters(BigInteger.valueOf(123_456_789), domain);
        return pem(
                "PRIVATE KEY", PrivateKeyInfoFactory.createPrivateKeyInfo(key).getEncoded());
    }

    private static X509Certificate issued(TestAuthority authority, KeyPair pair, KeyPurposeId purpose) {
        return authority.certificate("CN=B", pair.getPublic(), TestAuthority.Span.NOW, purpose);
    }

    private static String pem(X509Certificate certificate) throws GeneralSecurityException {
        return pem("CERTIFICATE", certificate.getEncoded());
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(type, Base64.getMimeEncoder().encodeToString(content), type);
    }

    /** Workers that start on one folder at one time. */
    @Test
    void theFirstWorkerMakesTheKeyOfAll() throws Exception {
        try (ExecutorService workers = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 5; i++) {
                Path shared = folder.resolve("shared" + i);
                var all = Collections.nCopies(
                        8, (Callable<SigningKey>) () -> Keys.find(Optional.empty(), Optional.empty(), shared));
                Set<Object> different = new HashSet<>();
                for (Future<SigningKey> one : workers.invokeAll(all)) {
                    different.add(one.get().chain());
                }
                assertThat(different).hasSize(1);
                try (Stream<Path> files = Files.list(shared)) {
                    assertThat(files).hasSize(1);
                }
            }
        }
    }

    @Test
    void whatACrashHasLeftIsTold() throws IOException {
        Path file = Files.createFile(folder.resolve("own-key.pem"));

        assertThatIOException()
                .isThrownBy(() -> Keys.find(Optional.empty(), Optional.empty(), folder))
                .withMessageContaining(file.toString())
                .withMessageContaining("delete it");
    }

    @Test
    void othersLoseWhatTheyCouldReadOfTheKey() throws IOException {
        var unused = Keys.find(Optional.empty(), Optional.empty(), folder);
        Path file = folder.resolve("own-key.pem");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        unused = Keys.find(Optional.empty(), Optional.empty(), folder);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    private static void assertRefused(@Nullable String key, @Nullable String chain, String reason) {
        assertThatIllegalArgumentException().isThrownBy(() -> find(key, chain)).withMessageStartingWith(reason);
    }

    @Test
    void whoIsTrustedIsTheOperatorsChoice() throws IOException {
        Pem pem = Pem.made(folder);
        byte[] file = new SignedPictures(folder).file(SignedPictures.waves(40, 30, 1), ImageFormat.PNG, List.of());
        String authority = pem.chain.substring(pem.chain.lastIndexOf("-----BEGIN"));

        for (String anchors : List.of(authority, pem.chain, pem.chain.replace(authority, ""))) {
            assertThat(read(file, anchors).trusted()).isTrue();
        }
        assertThat(read(file, Pem.made(folder.resolve("other")).chain).trusted())
                .isFalse();
    }

    private static Credentials read(byte[] file, String anchors) {
        return new CredentialsReader(new Anchors(PemFiles.certificates("anchors", anchors)))
                .read(file)
                .orElseThrow();
    }
}
