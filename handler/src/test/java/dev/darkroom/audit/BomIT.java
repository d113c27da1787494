package dev.darkroom.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The bill of materials lists what is shipped, file by file. */
class BomIT {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home"));
    private static final Path LIBRARIES = HOME.resolve("handler/target/quarkus-app/lib");

    @Test
    void listsEveryLibraryThatIsShipped() throws IOException, NoSuchAlgorithmException {
        Bom bom = Bom.read(HOME.resolve(Bom.FILE));
        List<Path> shipped;
        try (Stream<Path> files = Files.walk(LIBRARIES)) {
            shipped = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }

        assertThat(shipped).hasSizeGreaterThan(100);
        for (Path library : shipped) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(library));
            assertThat(bom.of(HexFormat.of().formatHex(digest)))
                    .as("%s", library)
                    .isPresent();
        }
        assertThat(bom.notAllowed()).isEmpty();
    }
}
