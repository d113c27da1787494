package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.longcat.LongCatNetworks;
import dev.darkroom.longcat.LongCatTransformer;
import dev.darkroom.longcat.TinyLongCat;
import dev.darkroom.qwenimage.QwenImageNetworks;
import dev.darkroom.qwenimage.QwenImageTransformer;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A LoRA on LongCat-Image's transformer, in the names of every trainer, computes what weights with the change in them compute. */
class LoraOnLongCatTest {
    private static final Path TRANSFORMER = TinyLongCat.IMAGE.resolve("transformer");
    private static final ChangedCheckpoint GOLDEN =
            ChangedCheckpoint.read(TestCheckpoints.GOLDENS.resolve("golden/longcat/transformer_t2i.safetensors"));

    /** The name of FLUX.1's authors and of ComfyUI, then our layers. */
    private static final String TABLE = """
            img_in - x_embedder
            txt_in - context_embedder
            time_in.in_layer - time_embed.timestep_embedder.linear_1
            time_in.out_layer - time_embed.timestep_embedder.linear_2
            double_blocks.0.img_attn.qkv - transformer_blocks.0.attn.to_q transformer_blocks.0.attn.to_k transformer_blocks.0.attn.to_v
            double_blocks.1.txt_attn.qkv - transformer_blocks.1.attn.add_q_proj transformer_blocks.1.attn.add_k_proj \
            transformer_blocks.1.attn.add_v_proj
            double_blocks.1.img_attn.proj - transformer_blocks.1.attn.to_out.0
            double_blocks.0.txt_attn.proj - transformer_blocks.0.attn.to_add_out
            double_blocks.0.img_mlp.0 - transformer_blocks.0.ff.net.0.proj
            double_blocks.1.txt_mlp.2 - transformer_blocks.1.ff_context.net.2
            double_blocks.1.img_mod.lin - transformer_blocks.1.norm1.linear
            single_blocks.2.linear1 - single_transformer_blocks.2.attn.to_q single_transformer_blocks.2.attn.to_k \
            single_transformer_blocks.2.attn.to_v single_transformer_blocks.2.proj_mlp
            single_blocks.0.linear2 - single_transformer_blocks.0.proj_out
            single_blocks.1.modulation.lin - single_transformer_blocks.1.norm.linear
            final_layer.linear - proj_out
            """;

    private static final List<Change> CHANGES = changes();

    private static Loaded<LongCatTransformer> network;

    private final Loras loras = TestLoras.few();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        network = LongCatNetworks.transformer(TRANSFORMER, TestLoras.CPU);
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

        try (Loaded<LongCatTransformer> merged = LongCatNetworks.transformer(copy.write(folder), TestLoras.CPU)) {
            assertThat(Distance.between(adapted, run(merged))).isLessThan(1e-5);
        }
        assertThat(Distance.between(adapted, run(network))).isGreaterThan(1e-2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"DIFFUSERS", "COMFY", "MUSUBI", "BFL_COMFY", "KOHYA"})
    void onQwenImageItIsForAnotherFamily(Format format) {
        Path file = format.write(folder.resolve("lora.bin"), CHANGES);
        try (Loaded<QwenImageTransformer> qwen =
                QwenImageNetworks.transformer(TestLoras.QWEN.resolve("transformer"), TestLoras.CPU)) {
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> TestLoras.attach(loras, "transformer", qwen, TestLoras.file(file, 1)))
                    .withMessageMatching("(?s)loras\\[0\\]: .*(another family|fits this model).*");
        }
    }

    /** FLUX.1 has more blocks, which is what shows that a file is for it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "transformer.single_transformer_blocks.30.attn.to_q",
                "transformer.transformer_blocks.12.ff.net.0.proj",
                "diffusion_model.double_blocks.12.img_attn.proj",
                "lora_unet_single_blocks_30_linear2"
            })
    void oneOfAModelOfMoreBlocksIsRefused(String module) {
        Path file = new SafetensorsWriter()
                .halves("transformer.transformer_blocks.0.attn.to_q", DType.FLOAT32, 1, 48, 48, 0.1f)
                .halves(module, DType.FLOAT32, 1, 48, 48, 0.1f)
                .write(folder.resolve("lora.bin"));

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> TestLoras.attach(loras, "transformer", network, TestLoras.file(file, 1)))
                .withMessageContainingAll("is a LoRA for a model of more blocks", module);
    }

    private static float[] run(Loaded<LongCatTransformer> loaded) {
        try (var scope = Scope.open("test")) {
            LongCatTransformer transformer = loaded.network();
            Tensor ids = Tensor.cat(
                    0,
                    GOLDEN.get("in.txt_ids").tensor(),
                    GOLDEN.get("in.img_ids").tensor());
            return transformer
                    .blocks()
                    .forward(
                            GOLDEN.get("in.hidden_states").tensor(),
                            GOLDEN.get("in.encoder_hidden_states").tensor(),
                            transformer.conditioning(
                                    GOLDEN.get("in.timestep").tensor().reshape(1, -1)),
                            transformer.config().rope(ids),
                            StepCache.none())
                    .toFloats();
        }
    }
}
