package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.credentials.key.Keys;
import dev.darkroom.credentials.key.PemFiles;
import dev.darkroom.credentials.key.SigningKey;
import dev.darkroom.credentials.reading.Anchors;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.credentials.reading.CredentialsReader;
import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
