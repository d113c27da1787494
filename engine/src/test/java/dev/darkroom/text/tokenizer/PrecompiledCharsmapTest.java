package dev.darkroom.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table whose offsets lead outside would end the process in the middle of a prompt. */
class PrecompiledCharsmapTest {
    private static final Path FILE = Path.of("tokenizer.json");

    @Test
    void theTableOfT5IsSound() throws IOException {
        JsonNode tokenizer = new ObjectMapper()
                .readTree(Path.of("src/test/resources/goldens/tiny-flux-dev/tokenizer_2/tokenizer.json")
                        .toFile());
        String table = tokenizer.findValue("precompiled_charsmap").asText();

        assertThat(table.length()).isGreaterThan(1000);
        PrecompiledCharsmap.check(FILE, table);
    }

    /** Without the check this tokenizer loads, and the first prompt ends the process. */
    @Test
    void aTokenizerWithADamagedTableIsRefused(@TempDir Path folder) throws IOException {
        ObjectNode tokenizer = (ObjectNode) new ObjectMapper()
                .readTree(Path.of("src/test/resources/goldens/tiny-flux-dev/tokenizer_2/tokenizer.json")
                        .toFile());
        ObjectNode normalizer = tokenizer.findParent("precompiled_charsmap");
        byte[] table = Base64.getDecoder()
                .decode(normalizer.path("precompiled_charsmap").asText());
        ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 0x7FFFFC00);
        normalizer.put("precompiled_charsmap", Base64.getEncoder().encodeToString(table));
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer.toString());

        TestCheckpoints.assertRefused(() -> T5Tokenizer.read(folder), "precompiled_charsmap is damaged");
    }

    @Test
    void everyOffsetOfTheRealTableMatters() throws IOException {
        JsonNode tokenizer = new ObjectMapper()
                .readTree(Path.of("src/test/resources/goldens/tiny-flux-dev/tokenizer_2/tokenizer.json")
                        .toFile());
        byte[] table = Base64.getDecoder()
                .decode(tokenizer.findValue("precompiled_charsmap").asText());
        ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 0x7FFFFC00);

        assertRefused(Base64.getEncoder().encodeToString(table));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "////fw==", "AAAA", "not base64!", "/////w==", "AAAAAA=="})
    void aTableThatIsNoneIsRefused(String table) {
        assertRefused(table);
    }

    @Test
    void aRootThatLeadsOutsideIsRefused() {
        ByteBuffer table =
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(4).putInt(1 << 20);

        assertRefused(Base64.getEncoder().encodeToString(table.array()));
    }

    private static void assertRefused(String table) {
        TestCheckpoints.assertRefused(
                () -> PrecompiledCharsmap.check(FILE, table), "tokenizer.json: precompiled_charsmap is damaged");
    }
}
