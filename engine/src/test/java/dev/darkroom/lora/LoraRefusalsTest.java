package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no LoRA, damaged, or for another model: each is refused by name, and what is left out is told. */
class LoraRefusalsTest extends OnTinyFlux {
    private static final String PROJ_OUT =
            "transformer.proj_out.lora_A.weight 2,48; transformer.proj_out.lora_B.weight 64,2; ";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lora_unet_x.dora_scale 4,1 | none of its 1 tensors fits this model; the first is lora_unet_x.dora_scale
            proj_out.lora_magnitude_vector 64 | none of its 1 tensors fits this model; the first is proj_out.lora_magnitude_vector
            lora_unet_img_in.hada_w1_a 4,4 | is a LoHa, as its tensor lora_unet_img_in.hada_w1_a shows: this worker does LoRA and DoRA
            lora_unet_img_in.lokr_w1 4,4 | is a LoKr, as its tensor lora_unet_img_in.lokr_w1 shows: this worker does LoRA and DoRA
            lora_unet_img_in.lora_mid.weight 4,4,1,1 | is a LoCon with a third matrix, as its tensor lora_unet_img_in.lora_mid.weight \
            shows: this worker does LoRA and DoRA
            a.oft_blocks 4,4 | is an OFT, as its tensor a.oft_blocks shows: this worker does LoRA and DoRA
            proj_out.lora_A.weight 2,48 | proj_out.lora_A.weight is half a pair: the other half is missing
            lora_unet_final_layer_linear.lora_up.weight 64,2; lora_unet_final_layer_linear.alpha 1 | \
            lora_unet_final_layer_linear.lora_up.weight is half a pair: the other half is missing
            proj_out.lora_A.weight 2,3072; proj_out.lora_B.weight 64,2 | proj_out.lora_A.weight of [2, 3072] and proj_out.lora_B.weight \
            of [64, 2] do not fit this model, whose proj_out is [64, 48]: it is a LoRA for another model
            proj_out.lora_A.weight 2,48; proj_out.lora_B.weight 64,3 | proj_out.lora_A.weight of [2, 48] and proj_out.lora_B.weight of \
            [64, 3] do not fit this model, whose proj_out is [64, 48]: it is a LoRA for another model
            double_blocks.0.img_attn.qkv.lora_A.weight 2,48; double_blocks.0.img_attn.qkv.lora_B.weight 48,2 | \
            double_blocks.0.img_attn.qkv.lora_A.weight of [2, 48] and double_blocks.0.img_attn.qkv.lora_B.weight of [48, 2] do not fit \
            this model, whose transformer_blocks.0.attn.to_q with transformer_blocks.0.attn.to_k with transformer_blocks.0.attn.to_v is \
            [144, 48]: it is a LoRA for another model
            proj_out.lora_A.weight 0,48; proj_out.lora_B.weight 64,0 | proj_out.lora_A.weight has rank 0: it must be from 1 to 1024
            proj_out.lora_A.weight 1025,48; proj_out.lora_B.weight 64,1025 | proj_out.lora_A.weight has rank 1025: it must be from 1 to \
            1024
            proj_out.lora_A.weight 2,48,3,3; proj_out.lora_B.weight 64,2,1,1 | proj_out.lora_A.weight must be a matrix of a floating \
            type, not F32 [2, 48, 3, 3]
            proj_out.lora_A.weight 48; proj_out.lora_B.weight 64 | proj_out.lora_A.weight must be a matrix of a floating type, not F32 \
            [48]
            proj_out.lora_down.weight 2,48; proj_out.lora_up.weight 64,2; proj_out.alpha 2 | proj_out.alpha must be one number, not [2]
            conv_in.lora_A.weight 2,48; conv_in.lora_B.weight 64,2 | none of its 2 tensors fits this model; the first is \
            conv_in.lora_A.weight
            proj_out.diff 64,48; proj_out.diff_b 64 | none of its 2 tensors fits this model; the first is proj_out.diff
            text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_A.weight 2,24 | none of its 1 tensors fits this model; the first is \
            text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_A.weight
            proj_out.weight 64,48 | none of its 1 tensors fits this model; the first is proj_out.weight
            """)
    void isRefusedByName(String tensors, String message) {
        assertRefused(write(tensors, 0.5f), message);
    }

    @Test
    void anEmptyFileIsRefused() {
        assertRefused(SafetensorsWriter.write(file(), "{}", 0), "the file holds no tensors");
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() {
        assertRefused(write(PROJ_OUT, Float.NaN), "its proj_out holds numbers that are not finite");
        assertRefused(write(PROJ_OUT, Float.NEGATIVE_INFINITY), "its proj_out holds numbers that are not finite");
        for (float alpha : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            assertRefused(withAlpha(1, alpha), "its proj_out.alpha holds numbers that are not finite");
        }
        assertRefused(withAlpha(4, 3.4e38f), "its proj_out holds numbers that are not finite");
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -0.5f, -64, 1e-30f, 1e30f})
    void anyFiniteAlphaIsTakenAtItsWord(float alpha) {
        try (var scope = Scope.open("test");
                var adapted = attach(withAlpha(1, alpha))) {
            assertThat(adapted.notes()).isEmpty();
            assertThat(network.linears().get("proj_out"))
                    .isNotNull()
                    .satisfies(layer -> assertThat(
                                    layer.lowRank().orElseThrow().up().toFloats())
                            .containsOnly(alpha / 2));
        }
    }

    private Path withAlpha(float number, float alpha) {
        return writer("proj_out.lora_down.weight 2,48; proj_out.lora_up.weight 64,2", number)
                .add("proj_out.alpha", DType.FLOAT32, new long[0], alpha)
                .write(file());
    }

    @Test
    void wholeNumbersAreRefused() {
        var writer = new SafetensorsWriter().halves("proj_out", DType.INT8, 1, 48, 64, 0);

        assertRefused(
                writer.write(file()), "proj_out.lora_A.weight must be a matrix of a floating type, not I8 [1, 48]");
    }

    @Test
    void aFileThatIsCutOffIsRefusedWithoutSayingWhereItLies() throws IOException {
        Path file = write(PROJ_OUT, 1);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 4));

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> attach(file))
                .withMessageStartingWith(
                        "loras[0]: is no sound LoRA: my-style: tensor transformer.proj_out.lora_B.weight ends at")
                .withMessageEndingWith("the file is truncated")
                .withMessageNotContaining(folder.toString());
    }

    @Test
    void aFileWhoseReadingWasInterruptedIsNotBlamed() {
        Path file = write(PROJ_OUT, 1);
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> attach(file))
                    .withMessageEndingWith("cannot be read: the thread was interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        try (var adapted = attach(file)) {
            assertThat(adapted.notes()).isEmpty();
        }
    }

    @Test
    void whatFitsNothingIsTold() {
        Path file = write(PROJ_OUT + "a.lora_A.weight 2,48; b.diff 4; transformer_blocks.0.norm.scale 4; c.alpha 1", 1);
        try (var adapted = attach(file)) {
            assertThat(adapted.notes())
                    .containsExactly(
                            "loras[0]: 3 of 6 tensors fit nothing in this model and were left out: a.lora_A.weight,"
                                    + " transformer_blocks.0.norm.scale, c.alpha",
                            "loras[0]: 1 of 6 tensors change whole weights or biases and were left out, as diffusers does:"
                                    + " b.diff");
        }
    }

    @Test
    void aPairThatStandsThereTwiceIsTakenOnce() {
        Path file = write(
                PROJ_OUT + "lora_unet_final_layer_linear.lora_down.weight 2,48; "
                        + "lora_unet_final_layer_linear.lora_up.weight 64,2; lora_unet_final_layer_linear.alpha 1",
                1);
        try (var adapted = attach(file);
                var scope = Scope.open("test")) {
            assertThat(adapted.notes()).singleElement().asString().startsWith("loras[0]: 3 of 5 tensors fit nothing");
            assertThat(network.linears().get("proj_out"))
                    .isNotNull()
                    .satisfies(layer -> assertThat(
                                    layer.lowRank().orElseThrow().down().shape())
                            .containsExactly(2, 48));
        }
    }

    private void assertRefused(Path file, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> attach(file))
                .withMessage("loras[0]: " + message)
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    private Adapted attach(Path file) {
        return loras.attach(
                List.of(new LoraFile(file, "x" + System.nanoTime(), "my-style", 1)),
                List.of(new Loras.Network("transformer", network)));
    }

    private Path file() {
        return folder.resolve("lora.safetensors");
    }

    private Path write(String tensors, float value) {
        return writer(tensors, value).write(file());
    }

    /** Tensors such as {@code name 2,3; other 4}, all numbers the same. */
    private static SafetensorsWriter writer(String tensors, float value) {
        var writer = new SafetensorsWriter();
        for (String tensor : List.of(tensors.split(";\\s*", 0))) {
            List<String> words = List.of(tensor.strip().split(" ", 0));
            long[] shape = Arrays.stream(words.get(1).split(",", 0))
                    .mapToLong(Long::parseLong)
                    .toArray();
            long count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            writer.add(words.get(0), DType.FLOAT32, shape, SafetensorsWriter.filled(count, value));
        }
        return writer;
    }
}
