package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.nn.Linear;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.SafetensorsWriter;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All linear layers of a Qwen-Image checkpoint, by the names in its header, each by itself. */
class LoraOnQwenTest {
    private static final Path TRANSFORMER = TestLoras.QWEN.resolve("transformer");
    private static final Path ENCODER = TestLoras.QWEN.resolve("text_encoder");

    private final Loras loras = TestLoras.few();

    @TempDir
    Path folder;

    @AfterEach
    void free() {
        loras.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {
                "DIFFUSERS",
                "DIFFUSERS_ALPHA",
                "NAMED_ADAPTER",
                "NO_PREFIX",
                "COMFY",
                "WRAPPED",
                "LIGHTNING",
                "LIGHTNING_COMFY",
                "OLD_DIFFUSERS",
                "KOHYA_DIFFUSERS",
                "MUSUBI",
                "PROCESSORS",
                "METADATA"
            })
    void everyLayerComputesWhatMergedWeightsDo(Format format) {
        ChangedCheckpoint copy = ChangedCheckpoint.read(TRANSFORMER);
        List<Change> changes = changes(copy).stream().filter(format::has).toList();
        Path file = format.write(folder.resolve("lora.bin"), changes);
        changes.forEach(change -> change.addTo(copy, -0.6));
        try (Loaded<Map<String, Linear>> network = layers(TRANSFORMER);
                Loaded<Map<String, Linear>> merged = layers(copy.write(folder));
                var adapted = attach(new LoraFile(file, format.name(), "test", -0.6), "transformer", network)) {
            assertThat(adapted.notes()).isEmpty();
            assertThat(changes).hasSizeGreaterThanOrEqualTo(16);
            for (Change change : changes) {
                String layer = change.layers().getFirst();
                float[] expected = outputs(merged, layer);
                assertThat(Distance.between(outputs(network, layer), expected))
                        .as(layer)
                        .isLessThan(1e-5);
                assertThat(Distance.between(plain(layer), expected)).as(layer).isGreaterThan(1e-3);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lora_te_model_layers_0_self_attn_q_proj",
                "lora_te1_model_layers_0_self_attn_q_proj",
                "text_encoder.model.layers.0.self_attn.q_proj",
                "text_encoder.model.language_model.layers.0.self_attn.q_proj",
                "text_encoders.qwen25_7b.transformer.model.layers.0.self_attn.q_proj"
            })
    void theTextTowerIsAdaptedToo(String module) {
        String layer = "model.layers.0.self_attn.q_proj";
        long[] shape = ChangedCheckpoint.read(ENCODER).get(layer + ".weight").shape();
        Path file = new SafetensorsWriter()
                .add(module + ".lora_down.weight", DType.FLOAT32, new long[] {1, shape[1]}, new float[(int) shape[1]])
                .add(module + ".lora_up.weight", DType.FLOAT32, new long[] {shape[0], 1}, new float[(int) shape[0]])
                .write(folder.resolve("lora.bin"));
        try (Loaded<Map<String, Linear>> network = layers(ENCODER);
                var adapted = attach(new LoraFile(file, "x", "test", 1), "text_encoder", network)) {
            assertThat(adapted.notes()).isEmpty();
            assertThat(Objects.requireNonNull(network.linears().get(layer)).lowRank())
                    .isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"BFL", "BFL_COMFY", "BFL_WRAPPED", "KOHYA", "XLABS"})
    void aLoraInFluxsNamesIsForAnotherModel(Format format) {
        ChangedCheckpoint copy = ChangedCheckpoint.read(TRANSFORMER);
        Change change = Change.random(
                "double_blocks.0.img_attn.qkv double_blocks.0.processor.qkv_lora1 transformer_blocks.0.attn.to_q"
                        + " transformer_blocks.0.attn.to_k transformer_blocks.0.attn.to_v",
                copy,
                2,
                1);
        Path file = format.write(folder.resolve("lora.bin"), List.of(change));

        try (Loaded<Map<String, Linear>> network = layers(TRANSFORMER)) {
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> attach(new LoraFile(file, "x", "test", 1), "transformer", network))
                    .withMessageMatching(
                            "loras\\[0\\]: none of its [23] tensors fits this model; the first is .*double_blocks.*");
        }
    }

    private Adapted attach(LoraFile file, String role, Loaded<?> network) {
        return TestLoras.attach(loras, role, network, file);
    }

    /** A change of every linear layer of the transformer. */
    private static List<Change> changes(ChangedCheckpoint checkpoint) {
        List<Change> changes = new ArrayList<>();
        checkpoint.tensors().forEach((name, values) -> {
            if (name.endsWith(".weight") && values.shape().length == 2) {
                String layer = name.substring(0, name.length() - ".weight".length());
                changes.add(Change.random(layer + " - " + layer, checkpoint, 3, changes.size()));
            }
        });
        return changes;
    }

    private static float[] outputs(Loaded<Map<String, Linear>> network, String layer) {
        try (var scope = Scope.open("test")) {
            Linear linear = Objects.requireNonNull(network.network().get(layer));
            // any numbers of the right width
            Tensor x = ChangedCheckpoint.read(TRANSFORMER)
                    .get(layer + ".weight")
                    .tensor()
                    .narrow(0, 0, 3);
            return linear.apply(x).toFloats();
        }
    }

    private static float[] plain(String layer) {
        try (Loaded<Map<String, Linear>> network = layers(TRANSFORMER)) {
            return outputs(network, layer);
        }
    }

    /** The linear layers of a component; what else is in its files is left there. */
    private static Loaded<Map<String, Linear>> layers(Path component) {
        Map<String, ChangedCheckpoint.Values> tensors =
                ChangedCheckpoint.read(component).tensors();
        return Weights.load(component, TestLoras.CPU, w -> {
            Map<String, Linear> layers = new LinkedHashMap<>();
            tensors.forEach((name, values) -> {
                String layer = name.replaceAll("\\.(weight|bias)$", "");
                if (values.shape().length == 2 && name.endsWith(".weight")) {
                    int out = (int) values.shape()[0];
                    int in = (int) values.shape()[1];
                    layers.put(
                            layer,
                            tensors.containsKey(layer + ".bias")
                                    ? Linear.load(w.at(layer), in, out)
                                    : Linear.withoutBias(w.at(layer), in, out));
                } else if (!name.endsWith(".bias") || !is2d(tensors.get(layer + ".weight"))) {
                    w.ignore(name);
                }
            });
            return layers;
        });
    }

    private static boolean is2d(ChangedCheckpoint.@Nullable Values values) {
        return values != null && values.shape().length == 2;
    }
}
