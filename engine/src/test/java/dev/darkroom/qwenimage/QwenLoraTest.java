package dev.darkroom.qwenimage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.job.Job;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LoRAs on an editing model as jobs use them: on its transformer and on its text encoder, one request after another. */
class QwenLoraTest {
    private static final Path CHECKPOINT =
            Path.of(System.getProperty("darkroom.home"), "test-payloads/models/pocket-qwen-edit");

    private static final Picture IMAGE = new Picture(64, 64, noise());

    /** A hundred in {@code make soak}. */
    private static final int EDITS = Integer.getInteger("darkroom.requests", 20);

    @TempDir
    Path folder;

    @Test
    void manyEditsWithChangingLorasLeaveEveryWeightBitForBit() {
        try (ImageModel model = LoadedModel.from(CHECKPOINT)) {
            LoraFile onTransformer = lora(model, "transformer", "transformer_blocks.1.attn.to_q", 1);
            LoraFile onText = lora(model, "text_encoder", "model.layers.0.mlp.up_proj", 2);
            Map<String, float[]> before = weights(model);
            byte[] plain = edit(model, List.of());
            long live = Scope.liveTensors();

            for (int i = 0; i < EDITS; i++) {
                double scale = (i % 5 - 2) / 2.0;
                byte[] adapted = edit(model, List.of(scaled(i % 2 == 0 ? onTransformer : onText, scale)));
                if (scale == 0) {
                    assertThat(adapted).isEqualTo(plain);
                } else if (scale == 1) {
                    assertThat(adapted).isNotEqualTo(plain);
                }
            }

            assertThat(edit(model, List.of())).isEqualTo(plain);
            assertThat(weights(model).keySet()).isEqualTo(before.keySet());
            weights(model).forEach((name, now) -> assertThat(now).as(name).isEqualTo(before.get(name)));
            assertThat(Scope.liveTensors() - live)
                    .as("embeds by each scale of the LoRA on the text encoder, and what it saw by it")
                    .isEqualTo(8);
        }
    }

    private static byte[] edit(ImageModel model, List<LoraFile> loras) {
        Sampling any = TestJobs.of("make the circle blue", null, null, 1, null, null, 1);
        var job = new Job.FromImages(TestJobs.PLAIN, any, List.of(""), null);
        return model.render(job, TestJobs.first(job), new Sources(List.of(IMAGE), null, loras), Progress.NONE)
                .picture()
                .rgb();
    }

    private LoraFile lora(ImageModel model, String role, String layer, long seed) {
        LinearWeight.Shape shape =
                Objects.requireNonNull(linears(model).get(layer)).shape();
        Path file = new SafetensorsWriter()
                .add(
                        role + "." + layer + ".lora_A.weight",
                        DType.FLOAT32,
                        new long[] {2, shape.in()},
                        random(seed, 2 * shape.in()))
                .add(
                        role + "." + layer + ".lora_B.weight",
                        DType.FLOAT32,
                        new long[] {shape.out(), 2},
                        random(seed + 10, 2 * shape.out()))
                .write(folder.resolve(role + ".safetensors"));
        return new LoraFile(file, file.toString(), role, 1);
    }

    private static LoraFile scaled(LoraFile lora, double scale) {
        return new LoraFile(lora.file(), lora.identity(), lora.name(), scale);
    }

    private static Map<String, float[]> weights(ImageModel model) {
        Map<String, float[]> weights = new TreeMap<>();
        try (var scope = Scope.open("weights")) {
            linears(model)
                    .forEach((name, layer) -> weights.put(name, layer.tensor().toFloats()));
        }
        return weights;
    }

    private static Map<String, LinearWeight> linears(ImageModel model) {
        Map<String, LinearWeight> all = new TreeMap<>();
        for (Resident<?> network : model.networks()) {
            Loaded<?> loaded = network.required();
            all.putAll(loaded.linears());
        }
        return all;
    }

    private static float[] random(long seed, long length) {
        var random = new Random(seed);
        float[] values = new float[(int) length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() / 4;
        }
        return values;
    }

    private static byte[] noise() {
        byte[] rgb = new byte[3 * 64 * 64];
        new Random(3).nextBytes(rgb);
        return rgb;
    }
}
