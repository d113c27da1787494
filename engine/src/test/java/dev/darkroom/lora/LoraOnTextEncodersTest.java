package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.job.LoraFile;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text encoders are adapted by the same files, each by its own part of them. */
class LoraOnTextEncodersTest {
    private static final Encoder<ClipTextEncoder> CLIP =
            new Encoder<>("text_encoder", FluxNetworks::textEncoder, ClipTextEncoder::pooled);
    private static final Encoder<T5Encoder> T5 =
            new Encoder<>("text_encoder_2", FluxNetworks::textEncoder2, T5Encoder::encode);
    private static final long[] IDS =
            LongStream.range(0, 77).map(i -> i % 50 + 1).toArray();

    private final Loras loras = TestLoras.few();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "lora_te1_text_model_encoder_layers_1_self_attn_q_proj, .lora_down.weight, .lora_up.weight",
        "lora_te_text_model_encoder_layers_1_self_attn_q_proj, .lora_down.weight, .lora_up.weight",
        "text_encoder.text_model.encoder.layers.1.self_attn.q_proj, .lora_A.weight, .lora_B.weight",
        "text_encoder.text_model.encoder.layers.1.self_attn.q_proj, .lora_linear_layer.down.weight, .lora_linear_layer.up.weight",
        "text_encoder.text_model.encoder.layers.1.self_attn.to_q, _lora.down.weight, _lora.up.weight",
        "text_encoders.clip_l.transformer.text_model.encoder.layers.1.self_attn.q_proj, .lora_down.weight, .lora_up.weight",
        "text_encoder.encoder.layers.1.self_attn.q_proj, .lora_A.weight, .lora_B.weight",
        "base_model.model.text_encoder.base_model.model.encoder.layers.1.self_attn.q_proj, .lora_A.default.weight, .lora_B.default.weight",
        "lora_te1_encoder_layers_1_self_attn_q_proj, .lora_down.weight, .lora_up.weight",
        "text_encoder.encoder.layers.1.self_attn.to_q, _lora.down.weight, _lora.up.weight"
    })
    void clipComputesWhatMergedWeightsDo(String module, String down, String up) throws Exception {
        assertAdaptedIsMerged(CLIP, "text_model.encoder.layers.1.self_attn.q_proj", module, down, up);
    }

    @ParameterizedTest
    @CsvSource({
        "lora_te3_encoder_block_0_layer_1_DenseReluDense_wi_0, .lora_down.weight, .lora_up.weight",
        "lora_te2_encoder_block_0_layer_1_DenseReluDense_wi_0, .lora_down.weight, .lora_up.weight",
        "text_encoder_2.encoder.block.0.layer.1.DenseReluDense.wi_0, .lora_A.weight, .lora_B.weight",
        "text_encoders.t5xxl.transformer.encoder.block.0.layer.1.DenseReluDense.wi_0, .lora_A.weight, .lora_B.weight"
    })
    void t5ComputesWhatMergedWeightsDo(String module, String down, String up) throws Exception {
        assertAdaptedIsMerged(T5, "encoder.block.0.layer.1.DenseReluDense.wi_0", module, down, up);
    }

    /** With the file on it, a network computes what one with merged weights does; without it again what it did before. */
    private <N> void assertAdaptedIsMerged(Encoder<N> encoder, String layer, String module, String down, String up)
            throws Exception {
        ChangedCheckpoint copy = ChangedCheckpoint.read(encoder.folder());
        Change change = Change.random("x - " + layer, copy, 2, 5);
        LoraFile file = lora(module, down, up, change);
        change.addTo(copy, 0.7);
        try (Loaded<N> plain = encoder.load(encoder.folder());
                Loaded<N> merged = encoder.load(copy.write(folder))) {
            float[] without = encoder.states(plain);
            try (var adapted = TestLoras.attach(loras, encoder.role(), plain, file)) {
                assertThat(adapted.identity(encoder.role())).isNotEmpty();
                assertThat(Distance.between(encoder.states(plain), encoder.states(merged)))
                        .isLessThan(1e-5);
            }
            assertThat(encoder.states(plain)).isEqualTo(without);
            assertThat(Distance.between(encoder.states(merged), without)).isGreaterThan(1e-4);
        } finally {
            loras.close();
        }
    }

    @Test
    void aNetworkThatTheFileDoesNotNameHasNoIdentityAndNoChange() throws Exception {
        ChangedCheckpoint clip = ChangedCheckpoint.read(CLIP.folder());
        Change change = Change.random("x - text_model.encoder.layers.1.mlp.fc1", clip, 2, 5);
        LoraFile file =
                lora("lora_te1_text_model_encoder_layers_1_mlp_fc1", ".lora_down.weight", ".lora_up.weight", change);
        try (Loaded<ClipTextEncoder> first = CLIP.load(CLIP.folder());
                Loaded<T5Encoder> second = T5.load(T5.folder());
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
        return TestLoras.file(file, 0.7);
    }

    /** A text encoder of the tiny checkpoint, and what is read of it. */
    private record Encoder<N>(
            String role, BiFunction<Path, Placement, Loaded<N>> loader, BiFunction<N, long[], Tensor> encode) {
        Path folder() {
            return TestLoras.FLUX.resolve(role);
        }

        Loaded<N> load(Path folder) {
            return loader.apply(folder, TestLoras.CPU);
        }

        float[] states(Loaded<N> loaded) {
            try (var scope = Scope.open("test")) {
                return encode.apply(loaded.network(), IDS).toFloats();
            }
        }
    }
}
