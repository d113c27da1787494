package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.LatentPacking;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.SafetensorsWriter;
import dev.darkroom.zimage.TinyZImage;
import dev.darkroom.zimage.ZImageNetworks;
import dev.darkroom.zimage.ZImagePositions;
import dev.darkroom.zimage.ZImageTransformer;
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

/** A LoRA on Z-Image's transformer, in the names of every trainer, computes what weights with the change in them compute. */
class LoraOnZImageTest {
    private static final Path TRANSFORMER = TinyZImage.TURBO.resolve("transformer");
    private static final ChangedCheckpoint GOLDEN =
            ChangedCheckpoint.read(TestCheckpoints.GOLDENS.resolve("golden/zimage/transformer_square.safetensors"));

    /** The name of the makers' code and of ComfyUI, then our layers. */
    private static final String TABLE = """
            x_embedder - all_x_embedder.2-1
            cap_embedder.1 - cap_embedder.1
            t_embedder.mlp.0 - t_embedder.mlp.0
            noise_refiner.1.attention.qkv - noise_refiner.1.attention.to_q noise_refiner.1.attention.to_k \
            noise_refiner.1.attention.to_v
            noise_refiner.0.feed_forward.w1 - noise_refiner.0.feed_forward.w1
            context_refiner.0.attention.qkv - context_refiner.0.attention.to_q context_refiner.0.attention.to_k \
            context_refiner.0.attention.to_v
            context_refiner.1.attention.out - context_refiner.1.attention.to_out.0
            layers.0.attention.qkv - layers.0.attention.to_q layers.0.attention.to_k layers.0.attention.to_v
            layers.2.attention.out - layers.2.attention.to_out.0
            layers.1.feed_forward.w1 - layers.1.feed_forward.w1
            layers.1.feed_forward.w2 - layers.1.feed_forward.w2
            layers.2.feed_forward.w3 - layers.2.feed_forward.w3
            final_layer.linear - all_final_layer.2-1.linear
            """;

    private static final List<Change> CHANGES = changes();

    private static Loaded<ZImageTransformer> network;

    private final Loras loras = TestLoras.few();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        network = ZImageNetworks.transformer(TRANSFORMER, TestLoras.CPU);
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

        try (Loaded<ZImageTransformer> merged = ZImageNetworks.transformer(copy.write(folder), TestLoras.CPU)) {
            assertThat(Distance.between(adapted, run(merged))).isLessThan(1e-5);
        }
        assertThat(Distance.between(adapted, run(network))).isGreaterThan(1e-2);
    }

    /** Modulations and norms have one name in all files, but for the last modulation. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "layers.1.adaLN_modulation.0",
                "lora_unet_layers_1_adaLN_modulation_0",
                "lycoris_noise_refiner_0_adaLN_modulation_0",
                "diffusion_model.final_layer.adaLN_modulation.1",
                "transformer.all_final_layer.2-1.adaLN_modulation.1"
            })
    void modulationsAreAdaptedToo(String module) {
        int out = module.contains("final") ? 48 : 192;
        Path file = new SafetensorsWriter()
                .add(
                        module + ".lora_down.weight",
                        DType.FLOAT32,
                        new long[] {1, 48},
                        SafetensorsWriter.filled(48, 0.1f))
                .add(
                        module + ".lora_up.weight",
                        DType.FLOAT32,
                        new long[] {out, 1},
                        SafetensorsWriter.filled(out, 0.1f))
                .write(folder.resolve("lora.bin"));
        float[] plain = run(network);
        try (var on = TestLoras.attach(loras, "transformer", network, TestLoras.file(file, 1))) {
            assertThat(on.notes()).isEmpty();
            assertThat(Distance.between(run(network), plain)).isGreaterThan(1e-4);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"DIFFUSERS", "COMFY", "MUSUBI", "BFL_COMFY", "KOHYA"})
    void onFluxItIsForAnotherFamily(Format format) {
        Path file = format.write(folder.resolve("lora.bin"), CHANGES);
        try (Loaded<FluxTransformer> flux =
                FluxNetworks.transformer(TestLoras.FLUX.resolve("transformer"), TestLoras.CPU)) {
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> TestLoras.attach(loras, "transformer", flux, TestLoras.file(file, 1)))
                    .withMessageMatching("(?s)loras\\[0\\]: .*(another family|fits this model).*");
        }
    }

    private static float[] run(Loaded<ZImageTransformer> loaded) {
        try (var scope = Scope.open("test")) {
            ZImageTransformer transformer = loaded.network();
            Tensor embeds = GOLDEN.get("in.cap_feats.0").tensor();
            var positions = new ZImagePositions(new TokenGrid(4, 4), (int) embeds.size(0));
            Tensor rope = positions.rope(transformer.config(), Device.CPU);
            return transformer
                    .forward(
                            LatentPacking.pack(
                                    GOLDEN.get("in.latents.0").tensor().reshape(1, 16, 8, 8),
                                    LatentPacking.Slowest.PLACE),
                            transformer.text(
                                    embeds.reshape(1, embeds.size(0), embeds.size(1)),
                                    rope.narrow(0, positions.image(), positions.text())),
                            transformer.conditioning(GOLDEN.get("in.t").tensor().reshape(1, 1)),
                            rope,
                            StepCache.none())
                    .toFloats();
        }
    }
}
