package dev.darkroom.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 24, 3072, 1 << 24})
    void aCountIsAWholeNumberWithinBounds(int count) throws IOException {
        ConfigFile config = config("{\"num_layers\": %d}".formatted(count));
        assertThat(config.count("num_layers")).isEqualTo(count);
        assertThat(config.count("num_layers", 7)).isEqualTo(count);
        assertThat(config.optionalCount("num_layers")).contains(count);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "16777217",
                "2147483648",
                "4294967297",
                "9223372036854775807",
                "99999999999999999999999999999999",
                "1.5",
                "2.0",
                "1e3",
                "1e999",
                "\"24\"",
                "true",
                "[24]",
                "{}",
            })
    void anythingElseIsNoCount(String value) throws IOException {
        ConfigFile config = config("{\"num_layers\": %s}".formatted(value));
        assertRefused(() -> config.count("num_layers"), "num_layers", "from 1 to 16777216");
        assertRefused(() -> config.count("num_layers", 7), "num_layers");
        assertRefused(() -> config.optionalCount("num_layers"), "num_layers");
    }

    @Test
    void aNumberWithTooManyDigitsIsRefused() throws IOException {
        Files.writeString(file(), "{\"num_layers\": %s}".formatted("9".repeat(100_000)));
        assertRefused(() -> ConfigFile.read(file()).count("num_layers"));
    }

    @Test
    void aFieldThatIsMissingOrNullHasItsDefaultOrIsNamed() throws IOException {
        ConfigFile config = config("{\"eps\": null}");
        for (String field : new String[] {"eps", "theta"}) {
            assertRefused(() -> config.count(field), field);
            assertRefused(() -> config.counts(field), field);
            assertThat(config.count(field, 7)).isEqualTo(7);
            assertThat(config.optionalCount(field)).isEmpty();
            assertThat(config.number(field, 0.5)).isEqualTo(0.5);
            assertThat(config.optionalNumber(field)).isEmpty();
            assertThat(config.flag(field, true)).isTrue();
            assertThat(config.text(field, "none")).isEqualTo("none");
        }
    }

    @Test
    void aListHoldsOneTo64Counts() throws IOException {
        assertThat(config("{\"axes\": [16, 56, 56]}").counts("axes")).containsExactly(16, 56, 56);
        for (String list : new String[] {"[]", "16", "\"16\"", "{\"0\": 16}", "[1" + ",1".repeat(64) + "]"}) {
            ConfigFile config = config("{\"axes\": %s}".formatted(list));
            assertRefused(() -> config.counts("axes"), "axes", "1 to 64");
        }
        for (String item : new String[] {"0", "-16", "1e9", "\"16\"", "null", "[16]", "99999999999"}) {
            ConfigFile config = config("{\"axes\": [16, %s]}".formatted(item));
            assertRefused(() -> config.counts("axes"), "axes");
        }
    }

    @Test
    void aNumberIsFinite() throws IOException {
        assertThat(config("{\"theta\": 1e4}").number("theta", 1)).isEqualTo(10_000);
        assertThat(config("{\"theta\": -0.1159}").optionalNumber("theta")).contains(-0.1159);
        assertThat(config("{\"theta\": 0}").number("theta", 1)).isZero();
        for (String value : new String[] {"1e999", "-1e999", "\"1\"", "true", "[1]", "{}"}) {
            ConfigFile config = config("{\"theta\": %s}".formatted(value));
            assertRefused(() -> config.number("theta", 1), "theta");
        }
    }

    @Test
    void flagsAndTextAreReadAsTheyAre() throws IOException {
        ConfigFile config = config("{\"guidance_embeds\": true, \"shift\": false, \"act\": \"silu\"}");
        assertThat(config.flag("guidance_embeds", false)).isTrue();
        assertThat(config.flag("shift", true)).isFalse();
        assertThat(config.text("act", "gelu")).isEqualTo("silu");
    }

    @Test
    void aNestedObjectIsReadAndNamedWithItsField() throws IOException {
        ConfigFile config =
                config("{\"text_config\": {\"hidden_size\": 48, \"rope_scaling\": {\"axes\": []}}, \"act\": \"silu\"}");
        ConfigFile text = config.at("text_config");
        assertThat(config.has("text_config")).isTrue();
        assertThat(config.has("vision_config")).isFalse();
        assertThat(text.count("hidden_size")).isEqualTo(48);
        assertRefused(() -> text.count("num_layers"), "text_config.num_layers", "from 1 to");
        assertRefused(() -> text.at("rope_scaling").counts("axes"), "text_config.rope_scaling.axes");
        assertThat(text.error("hidden_size", "is odd")).hasMessage(file() + ": text_config.hidden_size is odd");
        for (String field : new String[] {"vision_config", "act"}) {
            assertRefused(() -> config.at(field), field, "object");
        }
    }

    @Test
    void indexesAreDifferentPlacesInAList() throws IOException {
        assertThat(config("{\"full\": [0, 3]}").indexes("full", 4, List.of(1))).containsExactly(0, 3);
        assertThat(config("{\"full\": []}").indexes("full", 4, List.of(1))).isEmpty();
        assertThat(config("{}").indexes("full", 4, List.of(1))).containsExactly(1);
        for (String value :
                new String[] {"[4]", "[-1]", "[1, 1]", "[1.0]", "[\"1\"]", "[4294967296]", "1", "{\"0\": 1}"}) {
            ConfigFile config = config("{\"full\": %s}".formatted(value));
            assertRefused(() -> config.indexes("full", 4, List.of(1)), "full", "from 0 to 3");
        }
    }

    @Test
    void numbersAreAsManyAsTheirDefaults() throws IOException {
        assertThat(config("{\"mean\": [1, -0.5]}").numbers("mean", List.of(0.0, 0.0)))
                .containsExactly(1.0, -0.5);
        assertThat(config("{\"mean\": null}").numbers("mean", List.of(7.0))).containsExactly(7.0);
        for (String value :
                new String[] {"[1]", "[1, 2, 3]", "[1, \"2\"]", "[1, 1e999]", "1", "{\"a\": 1, \"b\": 2}"}) {
            ConfigFile config = config("{\"mean\": %s}".formatted(value));
            assertRefused(() -> config.numbers("mean", List.of(0.0, 0.0)), "mean", "2 numbers");
        }
    }

    @Test
    void anErrorNamesFileAndField() throws IOException {
        assertThat(config("{}").error("size", "is odd"))
                .hasMessage(file() + ": size is odd")
                .isInstanceOf(CheckpointException.class);
        assertThat(config("{}")).hasToString(file().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[]", "7", "null", "\"{}\""})
    void aFileThatHoldsNoObjectIsRefused(String content) throws IOException {
        Files.writeString(file(), content);
        assertRefused(() -> ConfigFile.read(file()), "object");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"a\": }",
                "{\"a\": 1,}",
                "{'a': 1}",
                "{\"a\": NaN}",
                "{} {}",
                "{}}",
                "{\"a\": 1 // one\n}"
            })
    void aFileThatIsNoJsonIsRefused(String content) throws IOException {
        Files.writeString(file(), content);
        assertRefused(() -> ConfigFile.read(file()), "JSON");
    }

    @Test
    void aFieldNamedTwiceIsRefused() throws IOException {
        Files.writeString(file(), "{\"num_layers\": 1, \"num_layers\": 2}");
        assertRefused(() -> ConfigFile.read(file()), "num_layers");
        Files.writeString(file(), "{\"inner\": {\"num_layers\": 1, \"num_layers\": 2}}");
        assertRefused(() -> ConfigFile.read(file()), "num_layers");
    }

    @Test
    void aFileNestedTooDeepIsRefused() throws IOException {
        Files.writeString(file(), "{\"a\":".repeat(31) + "{}" + "}".repeat(31));
        assertThat(ConfigFile.read(file())).hasToString(file().toString());
        for (int depth : new int[] {33, 1000, 100_000}) {
            Files.writeString(file(), "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}");
            assertRefused(() -> ConfigFile.read(file()), "depth");
        }
    }

    @Test
    void aHugeFileIsNotRead() throws IOException {
        try (var sparse = new RandomAccessFile(file().toFile(), "rw")) {
            sparse.setLength((64L << 20) + 1);
        }
        assertRefused(() -> ConfigFile.read(file()), "larger than");
    }

    @Test
    void aFileThatMustBeThereIsNamedWhenItIsMissing() {
        assertRefused(() -> ConfigFile.read(file()), "missing");
        assertThat(ConfigFile.readIfPresent(file()).count("steps", 4)).isEqualTo(4);
    }

    @Test
    void aFolderIsNoFile() throws IOException {
        Files.createDirectory(file());
        assertRefused(() -> ConfigFile.read(file()));
        assertRefused(() -> ConfigFile.readIfPresent(file()));
    }

    private Path file() {
        return folder.resolve("config.json");
    }

    private ConfigFile config(String json) throws IOException {
        return ConfigFile.read(Files.writeString(file(), json));
    }

    private void assertRefused(ThrowingCallable reading, String... reasons) {
        TestCheckpoints.assertRefused(reading, reasons).withMessageContaining(file().toString());
    }
}
