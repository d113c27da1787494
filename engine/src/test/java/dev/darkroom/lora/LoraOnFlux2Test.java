package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.flux2.Flux2Networks;
import dev.darkroom.flux2.Flux2Positions;
import dev.darkroom.flux2.Flux2Transformer;
import dev.darkroom.flux2.TinyFlux2;
import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A LoRA on FLUX.2's transformer, in the names of every trainer, computes what weights with the change in them compute. */
class LoraOnFlux2Test {
    private static final Path TRANSFORMER = TinyFlux2.KLEIN.resolve("transformer");
    private static final ChangedCheckpoint GOLDEN =
            ChangedCheckpoint.read(TestCheckpoints.GOLDENS.resolve("golden/flux2/transformer_klein.safetensors"));

    /** The authors' name, then the layers of the checkpoint. */
    private static final String TABLE = """
            img_in - x_embedder
            txt_in - context_embedder
            time_in.in_layer - time_guidance_embed.timestep_embedder.linear_1
            double_stream_modulation_img.lin - double_stream_modulation_img.linear
            single_stream_modulation.lin - single_stream_modulation.linear
            double_blocks.0.img_attn.qkv - transformer_blocks.0.attn.to_q transformer_blocks.0.attn.to_k transformer_blocks.0.attn.to_v
            double_blocks.1.txt_attn.qkv - transformer_blocks.1.attn.add_q_proj transformer_blocks.1.attn.add_k_proj \
            transformer_blocks.1.attn.add_v_proj
            double_blocks.1.img_attn.proj - transformer_blocks.1.attn.to_out.0
            double_blocks.0.txt_attn.proj - transformer_blocks.0.attn.to_add_out
            double_blocks.0.img_mlp.0 - transformer_blocks.0.ff.linear_in
            double_blocks.1.img_mlp.2 - transformer_blocks.1.ff.linear_out
            double_blocks.0.txt_mlp.0 - transformer_blocks.0.ff_context.linear_in
            double_blocks.0.txt_mlp.2 - transformer_blocks.0.ff_context.linear_out
            single_blocks.0.linear1 - single_transformer_blocks.0.attn.to_qkv_mlp_proj
            single_blocks.2.linear2 - single_transformer_blocks.2.attn.to_out
            final_layer.adaLN_modulation.1 - norm_out.linear
            final_layer.linear - proj_out
            """;

    private static final List<Change> CHANGES = changes();

    private static Loaded<Flux2Transformer> network;

    private final Loras loras = TestLoras.few();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        network = Flux2Networks.transformer(TRANSFORMER, TestLoras.CPU);
    }

    @AfterAll
    static void close() {
        network.close();
    }

    @AfterEach
    void free() {
        loras.close();
    }

    private static List<Change> changes() {
        ChangedCheckpoint weights = ChangedCheckpoint.read(TRANSFORMER);
        List<Change> changes = new ArrayList<>();
        TABLE.lines().forEach(line -> changes.add(Change.random(line, weights, 3, changes.size())));
        return changes;
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"XLABS", "PROCESSORS"})
    void everyFormatComputesWhatMergedWeightsDo(Format format) {
        ChangedCheckpoint copy = ChangedCheckpoint.read(TRANSFORMER);
        CHANGES.forEach(change -> change.addTo(copy, 0.8));
        var file = new LoraFile(format.write(folder.resolve("lora.bin"), CHANGES), format.name(), "test", 0.8);

        float[] adapted;
        try (var on = TestLoras.attach(loras, "transformer", network, file)) {
            adapted = run(network);
            assertThat(on.notes()).isEmpty();
        }

        try (Loaded<Flux2Transformer> merged = Flux2Networks.transformer(copy.write(folder), TestLoras.CPU)) {
            assertThat(Distance.between(adapted, run(merged))).isLessThan(1e-5);
        }
        assertThat(Distance.between(adapted, run(network))).isGreaterThan(1e-2);
    }

    /** Projections of a single stream block, which its file stacks, may be adapted one by one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "transformer.single_transformer_blocks.0.attn.to_q",
                "lora_transformer_single_transformer_blocks_1_attn_to_v"
            })
    void projectionsHaveNamesOfTheirOwnToo(String module) {
        Path file = new SafetensorsWriter()
                .add(
                        module + ".lora_down.weight",
                        DType.FLOAT32,
                        new long[] {1, 48},
                        SafetensorsWriter.filled(48, 0.1f))
                .add(module + ".lora_up.weight", DType.FLOAT32, new long[] {48, 1}, SafetensorsWriter.filled(48, 0.1f))
                .write(folder.resolve("lora.bin"));
        float[] plain = run(network);
        try (var on = TestLoras.attach(loras, "transformer", network, TestLoras.file(file, 1))) {
            assertThat(on.notes()).isEmpty();
            assertThat(Distance.between(run(network), plain)).isGreaterThan(1e-5);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"DIFFUSERS", "COMFY", "MUSUBI"})
    void onFlux1ItIsForAnotherFamily(Format format) {
        Path file = format.write(folder.resolve("lora.bin"), CHANGES);
        try (Loaded<FluxTransformer> flux =
                FluxNetworks.transformer(TestLoras.FLUX.resolve("transformer"), TestLoras.CPU)) {
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> TestLoras.attach(loras, "transformer", flux, TestLoras.file(file, 1)))
                    .withMessageMatching("(?s)loras\\[0\\]: .*(another family|another model|fits this model).*");
        }
    }

    /** Some of its layers are called as FLUX.2's are, and may even have their shape. */
    @Test
    void oneForFlux1IsForAnotherFamilyHere() {
        Path file = new SafetensorsWriter()
                .halves("transformer.transformer_blocks.0.attn.to_q", DType.FLOAT32, 1, 48, 48, 0.1f)
                .halves("transformer.single_transformer_blocks.0.proj_mlp", DType.FLOAT32, 1, 48, 192, 0.1f)
                .write(folder.resolve("lora.bin"));

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> TestLoras.attach(loras, "transformer", network, TestLoras.file(file, 1)))
                .withMessageMatching("(?s)loras\\[0\\]: .*another family.*");
    }

    private static float[] run(Loaded<Flux2Transformer> loaded) {
        try (var scope = Scope.open("test")) {
            Flux2Transformer transformer = loaded.network();
            var positions = new Flux2Positions(10, List.of(new TokenGrid(2, 17)));
            return transformer
                    .blocks()
                    .forward(
                            GOLDEN.get("in.hidden_states").tensor(),
                            GOLDEN.get("in.encoder_hidden_states").tensor(),
                            transformer.conditioning(
                                    GOLDEN.get("in.timestep").tensor().reshape(1, -1), null),
                            Flux2Positions.rope(positions.ids(), transformer.config()),
                            StepCache.none())
                    .toFloats();
        }
    }
}
