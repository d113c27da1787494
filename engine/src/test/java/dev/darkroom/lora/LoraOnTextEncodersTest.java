package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.Families;
import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.job.LoraFile;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text encoders are adapted by the same files, each by its own part of them. */
class LoraOnTextEncodersTest {
    private static final Path CLIP = ChangedCheckpoint.GOLDENS.resolve("tiny-flux-dev/text_encoder");
    private static final Path T5 = ChangedCheckpoint.GOLDENS.resolve("tiny-flux-dev/text_encoder_2");
    private static final Placement CPU = new Placement(Device.CPU, DType.FLOAT32);
    private static final long[] IDS =
            LongStream.range(0, 77).map(i -> i % 50 + 1).toArray();

    private final Loras loras = Families.loras(1 << 20);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "lora_te1_text_model_encoder_layers_1_self_attn_q_proj, .lora_down.weight, .lora_up.weight",
        "lora_te_text_model_encoder_layers_1_self_attn_q_proj, .lora_down.weight, .lora_up.weight",
        "text_encoder.text_model.encoder.layers.1.self_attn.q_proj, .lora_A.weight, .lora_B.weight",
        "text_encoder.text_model.encoder.layers.1.self_attn.q_proj, .lora_linear_layer.down.weight, .lora_linear_layer.up.weight",
        "text_encoder.text_model.encoder.layers.1.self_attn.to_q, _lora.down.weight, _lora.up.weight",
        "text_encoders.clip_l.transformer.text_model.encoder.layers.1.self_attn.q_proj, .lora_down.weight, .lora_up.weight"
    })
    void clipComputesWhatMergedWeightsDo(String module, String down, String up) throws Exception {
        ChangedCheckpoint copy = ChangedCheckpoint.read(CLIP);
        Change change = Change.random("x - text_model.encoder.layers.1.self_attn.q_proj", copy, 2, 5);
        LoraFile file = lora(module, down, up, change);
        change.addTo(copy, 0.7);
        try (Loaded<ClipTextEncoder> plain = FluxNetworks.textEncoder(CLIP, CPU);
                Loaded<ClipTextEncoder> merged = FluxNetworks.textEncoder(copy.write(folder), CPU)) {
            float[] without = pooled(plain);
            try (var adapted = loras.attach(List.of(file), List.of(new Loras.Network("text_encoder", plain)))) {
                assertThat(adapted.identity("text_encoder")).isNotEmpty();
                assertThat(Distance.between(pooled(plain), pooled(merged))).isLessThan(1e-5);
            }
            assertThat(pooled(plain)).isEqualTo(without);
            assertThat(Distance.between(pooled(merged), without)).isGreaterThan(1e-4);
        } finally {
            loras.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lora_te3_encoder_block_0_layer_1_DenseReluDense_wi_0, .lora_down.weight, .lora_up.weight",
        "lora_te2_encoder_block_0_layer_1_DenseReluDense_wi_0, .lora_down.weight, .lora_up.weight",
        "text_encoder_2.encoder.block.0.layer.1.DenseReluDense.wi_0, .lora_A.weight, .lora_B.weight",
        "text_encoders.t5xxl.transformer.encoder.block.0.layer.1.DenseReluDense.wi_0, .lora_A.weight, .lora_B.weight"
    })
    void t5ComputesWhatMergedWeightsDo(String module, String down, String up) throws Exception {
        ChangedCheckpoint copy = ChangedCheckpoint.read(T5);
        Change change = Change.random("x - encoder.block.0.layer.1.DenseReluDense.wi_0", copy, 2, 6);
        LoraFile file = lora(module, down, up, change);
        change.addTo(copy, 0.7);
        try (Loaded<T5Encoder> plain = FluxNetworks.textEncoder2(T5, CPU);
                Loaded<T5Encoder> merged = FluxNetworks.textEncoder2(copy.write(folder), CPU)) {
            float[] without = embeds(plain);
            try (var adapted = loras.attach(List.of(file), List.of(new Loras.Network("text_encoder_2", plain)))) {
                assertThat(adapted.identity("text_encoder_2")).isNotEmpty();
                assertThat(Distance.between(embeds(plain), embeds(merged))).isLessThan(1e-5);
            }
            assertThat(embeds(plain)).isEqualTo(without);
            assertThat(Distance.between(embeds(merged), without)).isGreaterThan(1e-4);
        } finally {
            loras.close();
        }
    }

    @Test
    void aNetworkThatTheFileDoesNotNameHasNoIdentityAndNoChange() throws Exception {
        ChangedCheckpoint clip = ChangedCheckpoint.read(CLIP);
        Change change = Change.random("x - text_model.encoder.layers.1.mlp.fc1", clip, 2, 5);
        LoraFile file =
                lora("lora_te1_text_model_encoder_layers_1_mlp_fc1", ".lora_down.weight", ".lora_up.weight", change);
        try (Loaded<ClipTextEncoder> first = FluxNetworks.textEncoder(CLIP, CPU);
                Loaded<T5Encoder> second = FluxNetworks.textEncoder2(T5, CPU);
                var adapted = loras.attach(
                        List.of(file),
                        List.of(
                                new Loras.Network("text_encoder", first),
                                new Loras.Network("text_encoder_2", second)))) {
            assertThat(adapted.identity("text_encoder")).isEqualTo(file.identity() + " × 0.7");
            assertThat(adapted.identity("text_encoder_2")).isEmpty();
            assertThat(second.linears().values())
                    .isNotEmpty()
                    .allMatch(layer -> layer.lowRank().isEmpty());
        } finally {
            loras.close();
        }
    }

    private LoraFile lora(String module, String down, String up, Change change) throws Exception {
        Path file = Files.createTempFile(folder, "lora", ".bin");
        new SafetensorsWriter()
                .add(module + down, DType.FLOAT32, new long[] {change.rank(), change.in()}, change.down())
                .add(module + up, DType.FLOAT32, new long[] {change.out(), change.rank()}, change.up())
                .add(
                        module + (down.startsWith("_lora") ? "_lora" : "") + ".alpha",
                        DType.FLOAT32,
                        new long[0],
                        change.alpha())
                .write(file);
        return new LoraFile(file, file.toString(), "test", 0.7);
    }

    private static float[] pooled(Loaded<ClipTextEncoder> encoder) {
        try (var scope = Scope.open("test")) {
            return encoder.network().pooled(IDS).toFloats();
        }
    }

    private static float[] embeds(Loaded<T5Encoder> encoder) {
        try (var scope = Scope.open("test")) {
            return encoder.network().encode(IDS).toFloats();
        }
    }
}
