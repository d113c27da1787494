package dev.darkroom.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.flux.FluxConfig;
import dev.darkroom.meta.MetaProcess;
import dev.darkroom.mmdit.MmditConfig;
import dev.darkroom.tensor.LibtorchFolder;
import dev.darkroom.tensor.Operators;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a card is checked with: built, unpacked and run as it would be on a machine that has nothing but a shell and libtorch. */
class GpuCheckTest {
    private static final Path HOME =
            Path.of(System.getProperty("darkroom.home", "..")).toAbsolutePath().normalize();

    /** A machine may take 64 MiB at a time; some are left for whatever else is to be brought. */
    private static final long MOST_BYTES = 60_000_000;

    @TempDir
    Path folder;

    @Test
    void itFitsIntoOneLoadAndRunsWhereThereIsNoJava() throws IOException, InterruptedException {
        Path file = folder.resolve("gpu-check.tgz");
        Ended built = run(
                Map.of("JAVA_HOME", System.getProperty("java.home")),
                HOME.resolve("deploy/gpu-check/bundle").toString(),
                MetaProcess.classPath(),
                file.toString());
        assertThat(built.exit).as(built.log).isZero();
        assertThat(Files.size(file)).isLessThan(MOST_BYTES);
        assertThat(run(Map.of(), "tar", "-xzf", file.toString()).exit).isZero();
        String script = folder.resolve("gpu-check/gpu-check.sh").toString();
        Operators.bind(); // libtorch is unpacked
        String libtorch = LibtorchFolder.ofProcess().toString();

        Ended refused = run(Map.of(), script, "--libtorch", libtorch);
        assertThat(refused.exit).isEqualTo(2);
        assertThat(refused.log).contains("there is no card to check");

        Ended tried = run(Map.of(), script, "--tiny", "--libtorch", libtorch, "found.json");
        assertThat(tried.exit).as(tried.log).isZero();
        assertThat(tried.log).contains("picture in bfloat16: 100.0 dB");
        assertFigures(new ObjectMapper().readTree(folder.resolve("found.json").toFile()));

        Ended benched = run(Map.of(), script, "--tiny", "--bench", "--libtorch", libtorch, "found.json");
        assertThat(benched.exit).as(benched.log).isZero();
        assertThat(new ObjectMapper()
                        .readTree(folder.resolve("found.json").toFile())
                        .has("bench"))
                .isFalse();
        JsonNode bench =
                new ObjectMapper().readTree(folder.resolve("found-bench.json").toFile());
        assertThat(bench.path("passes")).hasSize(4);
    }

    private static void assertFigures(JsonNode found) {
        assertThat(found.path("sound").asBoolean()).isTrue();
        assertThat(found.path("weight_deviation").asDouble()).isBetween(0.019, 0.021);
        assertThat(found.path("products")).hasSize(5);
        assertThat(found.path("attention"))
                .allMatch(line -> line.has("not_there") != line.has("ms"))
                .anyMatch(line -> line.path("backend").asText().equals("chosen"));
        assertThat(found.path("copies").path(0).path("gb_a_second").asDouble()).isPositive();
        assertThat(found.path("bench").path("passes"))
                .hasSize(4)
                .allMatch(line -> line.path("ms").asDouble() > 0);
        assertThat(found.path("bench").path("operators"))
                .anyMatch(line -> line.path("ms").asDouble() > 0);
        assertThat(found.path("bench").path("pictures")).hasSize(2).allMatch(line -> line.has("parts_ms"));
    }

    @Test
    void theWorkOfAStepIsThatOfThePublishedNetwork() {
        var config = new FluxConfig(new MmditConfig(64, 64, 19, 38, 24, 128, 4096, List.of(16, 56, 56)), 768, true);

        StepWork work = StepWork.of(config, 512, 4096, 1);

        assertThat(work.products() / 1e12).isBetween(59.4, 59.6);
        assertThat(work.attention() / 1e12).isBetween(14.8, 15.0);
    }

    @Test
    void cardsAreKnownByTheirNames() {
        assertThat(Card.peak("NVIDIA H100 80GB HBM3")).hasValue(989);
        assertThat(Card.peak("NVIDIA A100-PCIE-40GB")).hasValue(312);
        for (String slower : List.of(
                "NVIDIA H100 PCIe",
                "NVIDIA H100 NVL",
                "NVIDIA H200 NVL",
                "NVIDIA GeForce RTX 4090 D",
                "NVIDIA GeForce RTX 4090 Laptop GPU")) {
            assertThat(Card.peak(slower)).as(slower).isEmpty();
        }
        assertThat(Card.peak("NVIDIA GeForce RTX 4090")).hasValue(165);
        assertThat(Card.peak("A card of tomorrow")).isEmpty();
    }

    /** How a command ended, and all that it wrote. */
    private record Ended(int exit, String log) {}

    /** Runs a command in the folder, with the tools of the system and no others. */
    private Ended run(Map<String, String> variables, String... command) throws IOException, InterruptedException {
        var environment = new TreeMap<>(variables);
        environment.putIfAbsent("PATH", "/usr/bin:/bin");
        environment.put("HOME", folder.toString());
        Path log = folder.resolve("log");
        var builder = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        int exit = builder.start().waitFor();
        return new Ended(exit, Files.readString(log));
    }
}
