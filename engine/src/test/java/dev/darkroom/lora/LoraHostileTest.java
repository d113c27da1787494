package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound files with a few bytes changed, most of them in their headers: each is applied or refused as bad input, and leaves nothing. */
class LoraHostileTest {
    private static final int TRIES = 150;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"flux-meta-regex", "flux-dora", "flux-bfl-control", "flux-peft-norms", "flux-meta-lora-bias"})
    void changedBytesDoNoHarm(String name) throws IOException {
        byte[] sound = Files.readAllBytes(
                TestCheckpoints.GOLDENS.resolve("golden/lora").resolve(name + ".safetensors"));
        var random = new Random(name.hashCode());
        int refused = 0;
        try (Loaded<FluxTransformer> network =
                        FluxNetworks.transformer(TestLoras.FLUX.resolve("transformer"), TestLoras.CPU);
                var loras = TestLoras.few()) {
            long live = Scope.liveTensors();
            for (int i = 0; i < TRIES; i++) {
                Path file = Files.write(folder.resolve("changed.safetensors"), changed(sound, random));
                try (var adapted =
                        TestLoras.attach(loras, "transformer", network, new LoraFile(file, name + i, "changed", 1))) {
                    assertThat(adapted.notes()).allMatch(note -> note.startsWith("loras[0]: "));
                } catch (JobException e) {
                    assertThat(e.code()).isEqualTo(JobException.Code.BAD_INPUT);
                    assertThat(e).hasMessageStartingWith("loras[0]: ").hasMessageNotContaining(folder.toString());
                    refused++;
                }
                assertThat(network.linears().values())
                        .allMatch(layer -> layer.added().isEmpty());
                assertThat(network.norms().values()).allMatch(norm -> norm.tensor() == norm.loaded());
            }
            loras.close();
            assertThat(Scope.liveTensors()).isEqualTo(live);
        }
        assertThat(refused).isBetween(TRIES / 10, TRIES);
    }

    private static byte[] changed(byte[] sound, Random random) {
        byte[] changed = sound.clone();
        int header = (sound[0] & 0xFF) + ((sound[1] & 0xFF) << 8);
        for (int i = 0; i <= random.nextInt(3); i++) {
            int at = random.nextInt(10) < 8 ? 8 + random.nextInt(header) : random.nextInt(changed.length);
            changed[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : changed[random.nextInt(8 + header)]);
        }
        return changed;
    }
}
