package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.tensor.Device;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --plan} prints, by the command line's own words. */
class PlanTableTest {
    private static final Path MODELS = Path.of("").toAbsolutePath().resolveSibling("test-payloads/models");
    private static final String FLUX = MODELS.resolve("pocket-flux").toString();
    private static final String BOTH = "flux=" + FLUX + ",edit=" + MODELS.resolve("pocket-qwen-edit");

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private OptionalInt plan(Map<String, String> variables, String... options) {
        var all = new HashMap<>(Map.of("DARKROOM_MODELS", BOTH, "HF_HUB_CACHE", folder.toString()));
        all.putAll(variables);
        String[] arguments =
                Stream.concat(Stream.of("--plan"), Arrays.stream(options)).toArray(String[]::new);
        return new FirstLook(print(out), print(err), all).at(Command.of(arguments));
    }

    private static PrintStream print(ByteArrayOutputStream into) {
        return new PrintStream(into, true, StandardCharsets.UTF_8);
    }

    private String table() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String told() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theModelsThatAreServedFitTheirCard() {
        assertThat(plan(Map.of(), "--memory", "8G", "--host-memory", "64G"))
                .as(told())
                .hasValue(0);
        assertThat(told()).isEmpty();
        assertThat(table())
                .contains("flux: a picture of ", "edit: a picture of ")
                .contains("a card with 8.00 GiB free, a machine with 64.00 GiB")
                .contains(" left")
                .doesNotContain("cuda", "does not fit", "ring", "in no cache");
        for (String network : new String[] {"transformer", "text_encoder", "text_encoder_2", "vae"}) {
            assertThat(table()).containsPattern("(?m)^  " + network + " +bfloat16 +[\\d.]+ [MG]iB +0 MiB   resident$");
        }
        assertThat(table().lines()).allMatch(line -> line.length() < 160 && line.equals(line.stripTrailing()));
    }

    @Test
    void oneModelAndSizeByTheirNames() {
        assertThat(plan(Map.of(), "--memory", "8G", "--model", FLUX, "--size", "512x256"))
                .hasValue(0);
        assertThat(table()).startsWith(FLUX + ": a picture of 512x256, ").doesNotContain("edit:");
    }

    @Test
    void aChoiceIsPlannedWith() {
        assertThat(plan(
                        Map.of("DARKROOM_MEMORY_PLAN", "transformer=streamed,text_encoder=cpu"),
                        "--memory",
                        "8G",
                        "--model",
                        FLUX))
                .hasValue(0);
        assertThat(table())
                .containsPattern("(?m)^  transformer +bfloat16 .* streamed$")
                .containsPattern("(?m)^  text_encoder +float32 +0 MiB .* computes on the CPU$")
                .containsPattern("(?m)^  text_encoder_2 .* resident$")
                .containsPattern("(?m)^  ring of streamed blocks +[\\d.]+ MiB +for all streamed networks$");
    }

    @Test
    void aChoiceForAComponentThatNobodyHasIsTold() {
        assertThat(plan(Map.of("DARKROOM_MEMORY_PLAN", "unet=cpu"), "--memory", "8G"))
                .hasValue(1);
        assertThat(told())
                .isEqualTo("--plan: DARKROOM_MEMORY_PLAN names unet, which no model here has; components are"
                        + " text_encoder, text_encoder_2, transformer, vae\n");
    }

    @Test
    void aChoiceThatDoesNotFitIsTold() {
        assertThat(plan(
                        Map.of("DARKROOM_MEMORY_PLAN", "resident"),
                        "--memory",
                        "1G",
                        "--model",
                        FLUX,
                        "--size",
                        "2048x2048"))
                .hasValue(0);
        assertThat(table()).containsPattern("predicted peak .* does not fit: [\\d.]+ [MG]iB too much");
    }

    @Test
    void aSmallCardComputesWhatItCan() {
        assertThat(plan(Map.of(), "--memory", "1G", "--model", FLUX, "--size", "2048x2048"))
                .hasValue(0);
        assertThat(table()).contains("computes on the CPU").contains(" left").doesNotContain("does not fit");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--memory",
                "--memory 0.01G",
                "--memory 12",
                "--memory -3G",
                "--memory 12G extra",
                "--size 12 --memory 8G",
                "--size 0x0 --memory 8G",
                "--host-memory much",
                "--card 8G",
            })
    void wrongOptionsAreRefusedWithTheUsage(String options) {
        assertThat(plan(Map.of(), options.split(" ", -1))).hasValue(2);
        assertThat(told()).containsAnyOf("unknown arguments", "--memory: ", "--host-memory: ", "--size: ");
        assertThat(told()).endsWith(Command.USAGE);
        assertThat(out.size()).isZero();
    }

    @Test
    void withoutACardAMemoryIsToBeNamed() {
        OptionalInt end = plan(Map.of());
        if (Device.cudaIsMissing().isEmpty()) {
            assertThat(end).as("a card is here").hasValue(0);
            return;
        }
        assertThat(end).hasValue(2);
        assertThat(told()).contains("there is no card here").contains("--memory 24G");
        assertThat(out.size()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--size 99999x10 | --size: sides must be from 64 to 4096 and pixels at most 4194304, not 99999x10",
                "--size 4096x4096 | pixels at most 4194304, not 4096x4096",
                "--model /no/such | /no/such, where a model is to be, is no directory",
                "--model org/none | org/none@main is not to be downloaded (HF_HUB_OFFLINE), and",
                "--model https://x | is an address",
            })
    void whatCannotBePlannedIsNamedInALine(String options, String message) {
        assertThat(plan(Map.of("HF_HUB_OFFLINE", "1"), ("--memory 8G " + options).split(" ", -1)))
                .hasValue(1);
        assertThat(told()).startsWith("--plan: ").contains(message).hasLineCount(1);
        assertThat(out.size()).isZero();
        assertThat(folder).isEmptyDirectory();
    }
}
