package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.engine.Families;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A LoRA on FLUX.1's transformer computes what weights with the change in them compute, and leaves nothing behind. */
class LoraOnFluxTest {
    private static final Path TRANSFORMER = TestLoras.FLUX.resolve("transformer");
    private static final ChangedCheckpoint GOLDEN =
            ChangedCheckpoint.read(TestCheckpoints.GOLDENS.resolve("golden/flux/transformer_dev.safetensors"));
    private static final ChangedCheckpoint WEIGHTS = ChangedCheckpoint.read(TRANSFORMER);

    /** The authors' name, XLabs' name, our layers. */
    private static final List<Change> CHANGES = changes("""
            img_in - x_embedder
            txt_in - context_embedder
            time_in.in_layer - time_text_embed.timestep_embedder.linear_1
            time_in.out_layer - time_text_embed.timestep_embedder.linear_2
            vector_in.in_layer - time_text_embed.text_embedder.linear_1
            vector_in.out_layer - time_text_embed.text_embedder.linear_2
            guidance_in.in_layer - time_text_embed.guidance_embedder.linear_1
            guidance_in.out_layer - time_text_embed.guidance_embedder.linear_2
            double_blocks.0.img_mod.lin - transformer_blocks.0.norm1.linear
            double_blocks.1.txt_mod.lin - transformer_blocks.1.norm1_context.linear
            double_blocks.0.img_attn.qkv double_blocks.0.processor.qkv_lora1 transformer_blocks.0.attn.to_q \
            transformer_blocks.0.attn.to_k transformer_blocks.0.attn.to_v
            double_blocks.1.txt_attn.qkv double_blocks.1.processor.qkv_lora2 transformer_blocks.1.attn.add_q_proj \
            transformer_blocks.1.attn.add_k_proj transformer_blocks.1.attn.add_v_proj
            double_blocks.0.img_attn.proj double_blocks.0.processor.proj_lora1 transformer_blocks.0.attn.to_out.0
            double_blocks.0.txt_attn.proj double_blocks.0.processor.proj_lora2 transformer_blocks.0.attn.to_add_out
            double_blocks.0.img_mlp.0 - transformer_blocks.0.ff.net.0.proj
            double_blocks.1.img_mlp.2 - transformer_blocks.1.ff.net.2
            double_blocks.0.txt_mlp.0 - transformer_blocks.0.ff_context.net.0.proj
            double_blocks.0.txt_mlp.2 - transformer_blocks.0.ff_context.net.2
            single_blocks.2.modulation.lin - single_transformer_blocks.2.norm.linear
            single_blocks.2.linear1 - single_transformer_blocks.2.attn.to_q single_transformer_blocks.2.attn.to_k \
            single_transformer_blocks.2.attn.to_v single_transformer_blocks.2.proj_mlp
            single_blocks.0.linear2 single_blocks.0.processor.proj_lora single_transformer_blocks.0.proj_out
            final_layer.adaLN_modulation.1 - norm_out.linear
            final_layer.linear - proj_out
            """, 3);

    private static Loaded<FluxTransformer> network;

    private final Loras loras = TestLoras.few();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        network = FluxNetworks.transformer(TRANSFORMER, TestLoras.CPU);
    }

    @AfterAll
    static void close() {
        network.close();
    }

    @AfterEach
    void free() {
        loras.close();
    }

    private static List<Change> changes(String table, int rank) {
        List<Change> changes = new ArrayList<>();
        table.lines().forEach(line -> changes.add(Change.random(line, WEIGHTS, rank, changes.size() + 7L * rank)));
        return changes;
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void everyFormatComputesWhatMergedWeightsDo(Format format) {
        List<Change> told = CHANGES.stream().filter(format::has).toList();
        LoraFile file = lora(format, told, 0.8);

        float[] adapted = forward(file);

        assertThat(told).isNotEmpty();
        assertThat(Distance.between(adapted, merged(Map.of(0.8, told)))).isLessThan(1e-5);
        assertThat(Distance.between(adapted, forward())).isGreaterThan(1e-2);
    }

    @Test
    void severalAddUp() {
        List<Change> other = CHANGES.stream()
                .map(change ->
                        Change.random(change.module() + " - " + String.join(" ", change.layers()), WEIGHTS, 5, 99))
                .toList();
        LoraFile first = lora(Format.KOHYA, CHANGES.subList(0, 15), 0.5);
        LoraFile second = lora(Format.DIFFUSERS, other.subList(5, 23), -0.25);

        float[] both = forward(first, second);

        assertThat(Distance.between(
                        both, merged(new TreeMap<>(Map.of(0.5, CHANGES.subList(0, 15), -0.25, other.subList(5, 23))))))
                .isLessThan(1e-5);
    }

    @Test
    void aScaleOfZeroAndNoLoraGiveTheSameNumbersBitForBitWithNoOperatorMore() {
        long start = Operators.calls();
        float[] without = forward();
        long calls = Operators.calls() - start;

        float[] zero = forward(lora(Format.BFL, CHANGES, 0));

        assertThat(zero).isEqualTo(without);
        start = Operators.calls();
        float[] afterwards = forward();
        assertThat(Operators.calls() - start).isEqualTo(calls);
        assertThat(afterwards).isEqualTo(without);
    }

    @Test
    void aLoraCostsNoOperatorCallInTheForward() {
        LoraFile file = lora(Format.DIFFUSERS, CHANGES, 1);
        try (var scope = Scope.open("test");
                var adapted = attach(file)) {
            long start = Operators.calls();
            run(network);
            long with = Operators.calls() - start;
            adapted.close();
            start = Operators.calls();
            run(network);

            assertThat(with).isEqualTo(Operators.calls() - start);
        }
    }

    /** A hundred in {@code make soak}. */
    @Test
    void manyRequestsWithChangingLorasLeaveEveryWeightAndNoTensor() {
        int requests = Integer.getInteger("darkroom.requests", 20);
        List<LoraFile> files = List.of(
                lora(Format.KOHYA, CHANGES, 1),
                lora(Format.XLABS, CHANGES.stream().filter(Format.XLABS::has).toList(), 1));
        Map<String, float[]> before = weights();
        float[] without = forward();
        forward(files.toArray(LoraFile[]::new)); // read once
        long live = Scope.liveTensors();

        for (int i = 0; i < requests; i++) {
            LoraFile file = files.get(i % 2);
            forward(new LoraFile(file.file(), file.identity(), file.name(), (i % 9 - 4) / 2.0));
            assertThat(Scope.liveTensors()).as("after request %d", i).isEqualTo(live);
        }

        assertThat(weights().keySet()).isEqualTo(before.keySet());
        weights().forEach((name, now) -> assertThat(now).as(name).isEqualTo(before.get(name)));
        assertThat(forward()).isEqualTo(without);
        ChangedCheckpoint onDisk = ChangedCheckpoint.read(TRANSFORMER);
        assertThat(WEIGHTS.tensors())
                .allSatisfy(
                        (name, values) -> assertThat(onDisk.get(name).numbers()).isEqualTo(values.numbers()));
    }

    @Test
    void anotherScaleNeedsNoFileAnyMore() throws IOException {
        LoraFile file = lora(Format.DIFFUSERS_ALPHA, CHANGES, 1);
        forward(file);
        Files.delete(file.file());

        float[] half = forward(new LoraFile(file.file(), file.identity(), file.name(), 0.5));

        assertThat(Distance.between(half, merged(Map.of(0.5, CHANGES)))).isLessThan(1e-5);
    }

    @Test
    void whatIsKeptIsBoundedInBytes() {
        long live = Scope.liveTensors();
        try (var none = Families.loras(0)) {
            none.attach(List.of(lora(Format.BFL, CHANGES, 1)), List.of(new Loras.Network("transformer", network)))
                    .close();

            assertThat(Scope.liveTensors()).isEqualTo(live);
        }
    }

    @Test
    void aFailureWhileAttachedDetaches() {
        float[] without = forward();
        long live = Scope.liveTensors();
        LoraFile file = lora(Format.BFL, CHANGES, 1);

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> {
            try (var adapted = attach(file)) {
                throw new IllegalStateException("cancelled while " + adapted.notes());
            }
        });
        loras.close();

        assertThat(Scope.liveTensors()).isEqualTo(live);
        assertThat(forward()).isEqualTo(without);
    }

    @Test
    void aSecondLoraThatIsRefusedTakesTheFirstOffAgain() throws IOException {
        float[] without = forward();
        LoraFile sound = lora(Format.BFL, CHANGES, 1);
        Path broken = Files.writeString(folder.resolve("broken.safetensors"), "<!doctype html>");

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> attach(sound, new LoraFile(broken, "broken", "broken.safetensors", 1)))
                .withMessageStartingWith("loras[1]: is no sound LoRA: broken.safetensors claims a header of ")
                .matches(e -> e.code() == JobException.Code.BAD_INPUT)
                .withMessageNotContaining(folder.toString());

        assertThat(forward()).isEqualTo(without);
    }

    @Test
    void whatDistinguishesResultsIsTold() {
        LoraFile file = lora(Format.BFL, CHANGES, 0.5);
        try (var adapted = attach(file)) {
            assertThat(adapted.identity("transformer")).isEqualTo(file.identity() + " × 0.5");
            assertThat(adapted.identity("text_encoder")).isEmpty();
            assertThat(adapted.notes()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT16", "BFLOAT16", "FLOAT8_E4M3"})
    void anyFloatingTypeIsRead(DType type) {
        Path file = new SafetensorsWriter()
                .halves("proj_out", type, 1, 48, 64, 1)
                .write(folder.resolve(type + ".safetensors"));

        try (var scope = Scope.open("test");
                var adapted = attach(new LoraFile(file, type.name(), "ones", 1))) {
            var pair = Objects.requireNonNull(network.linears().get("proj_out"))
                    .lowRank()
                    .orElseThrow();

            assertThat(adapted.notes()).isEmpty();
            assertThat(pair.down().dtype()).isEqualTo(DType.FLOAT32);
            assertThat(pair.up().toFloats()).containsOnly(1);
        }
    }

    @Test
    void inBfloat16ItIsCloseToTheExactResult() {
        LoraFile file = lora(Format.KOHYA, CHANGES, 1);
        float[] exact = forward(file);
        try (Loaded<FluxTransformer> half =
                        FluxNetworks.transformer(TRANSFORMER, new Placement(Device.CPU, DType.BFLOAT16));
                var scope = Scope.open("test");
                var adapted = loras.attach(List.of(file), List.of(new Loras.Network("transformer", half)))) {
            assertThat(adapted.notes()).isEmpty();
            assertThat(Distance.between(run(half), exact)).isBetween(1e-6, 0.1);
        }
    }

    private LoraFile lora(Format format, List<Change> changes, double scale) {
        Path file = format.write(folder.resolve(format + "-" + scale + ".safetensors"), changes);
        return TestLoras.file(file, scale);
    }

    private Adapted attach(LoraFile... files) {
        return TestLoras.attach(loras, "transformer", network, files);
    }

    private float[] forward(LoraFile... files) {
        try (var adapted = attach(files);
                var scope = Scope.open("test")) {
            return run(network);
        }
    }

    private float[] merged(Map<Double, List<Change>> byScale) {
        ChangedCheckpoint copy = ChangedCheckpoint.read(TRANSFORMER);
        byScale.forEach((scale, changes) -> changes.forEach(change -> change.addTo(copy, scale)));
        try (Loaded<FluxTransformer> merged = FluxNetworks.transformer(copy.write(folder), TestLoras.CPU);
                var scope = Scope.open("test")) {
            return run(merged);
        }
    }

    private static float[] run(Loaded<FluxTransformer> loaded) {
        FluxTransformer transformer = loaded.network();
        DType dtype = loaded.placement().dtype();
        Tensor ids = Tensor.cat(
                0, GOLDEN.get("in.txt_ids").tensor(), GOLDEN.get("in.img_ids").tensor());
        return transformer
                .blocks()
                .forward(
                        GOLDEN.get("in.hidden_states").tensor().to(dtype),
                        GOLDEN.get("in.encoder_hidden_states").tensor().to(dtype),
                        transformer.conditioning(
                                GOLDEN.get("in.timestep").tensor().reshape(1, -1),
                                GOLDEN.get("in.guidance").tensor(),
                                GOLDEN.get("in.pooled_projections").tensor().to(dtype)),
                        transformer.config().blocks().rope(ids),
                        StepCache.none())
                .toFloats();
    }

    /** Every number of every linear layer in memory. */
    private static Map<String, float[]> weights() {
        Map<String, float[]> weights = new TreeMap<>();
        try (var scope = Scope.open("weights")) {
            network.linears()
                    .forEach((name, layer) -> weights.put(name, layer.tensor().toFloats()));
        }
        return weights;
    }
}
