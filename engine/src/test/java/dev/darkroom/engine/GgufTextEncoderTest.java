package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.engine.GgufFiles.Numbers;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.Progress;
import dev.darkroom.job.TestJobs;
import dev.darkroom.lora.Distance;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.BlockType;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.text.MistralEncoder;
import dev.darkroom.text.Qwen3Encoder;
import dev.darkroom.text.tokenizer.PaddedIds;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.WeightSize;
import dev.darkroom.weights.Weights;
import dev.darkroom.weights.gguf.GgufWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Language models as one GGUF file under llama.cpp's names, which people have in many sizes. */
class GgufTextEncoderTest {
    private static final Path TEXT_ENCODER = TestCheckpoints.GOLDENS.resolve("tiny-flux2-klein/text_encoder");
    private static final IntFunction<List<Integer>> AFTER = layers -> List.of(1, 2);
    private static final Placement FLOAT32 = new Placement(Device.CPU, DType.FLOAT32);

    @TempDir
    Path folder;

    @BeforeEach
    void copy() throws IOException {
        TestCheckpoints.copy(TEXT_ENCODER, folder);
    }

    private static float[] embeds(Path folder) {
        try (var loaded = load(folder);
                var scope = Scope.open("encode")) {
            return loaded.network().encode(LongStream.range(5, 40).toArray()).toFloats();
        }
    }

    private static Loaded<Qwen3Encoder> load(Path folder) {
        var config = Qwen3Encoder.Config.read(folder, AFTER);
        return Weights.load(folder, FLOAT32, place -> config, Qwen3Encoder::new, config.names());
    }

    private static Map<String, Numbers> ofLlamaCpp() throws IOException {
        return ofLlamaCpp(TEXT_ENCODER);
    }

    private static Map<String, Numbers> ofLlamaCpp(Path textEncoder) throws IOException {
        Map<String, Numbers> theirs = GgufFiles.renamed(
                GgufFiles.read(textEncoder),
                name -> name.replace("model.layers.", "blk.")
                        .replaceAll("self_attn\\.([qkv])_(proj|norm)", "attn_$1_$2")
                        .replaceAll("attn_([qkv])_proj", "attn_$1")
                        .replace("self_attn.o_proj", "attn_output")
                        .replace("input_layernorm", "attn_norm")
                        .replace("post_attention_layernorm", "ffn_norm")
                        .replaceAll("mlp\\.(gate|up|down)_proj", "ffn_$1")
                        .replace("model.norm.", "output_norm.")
                        .replace("model.embed_tokens.", "token_embd."));
        theirs.put("output.weight", new Numbers(new long[] {640, 32}, new float[640 * 32])); // of one that is not tied
        return theirs;
    }

    @Test
    void itIsReadUnderTheNamesOfLlamaCpp() throws IOException {
        GgufFiles.replace(folder, ofLlamaCpp(), "qwen3", false);

        assertThat(embeds(folder)).containsExactly(embeds(TEXT_ENCODER));
    }

    /** Whoever opens a checkpoint passes the names on; what is not computed is not counted either. */
    @ParameterizedTest
    @EnumSource(names = {"ZIMAGE", "FLUX2_KLEIN"})
    void everyFamilyThatHasItReadsIt(TinyPipeline pipeline) throws IOException {
        Path own = pipeline.make(folder.resolve("own"));
        Path theirs = TestCheckpoints.copy(own, folder.resolve("theirs"));
        GgufFiles.replace(theirs.resolve("text_encoder"), ofLlamaCpp(own.resolve("text_encoder")), "qwen3", false);

        assertThat(picture(pipeline, theirs)).isEqualTo(picture(pipeline, own));
        try (ImageModel model = LoadedModel.open("test", own)) {
            Path textEncoder = own.resolve("text_encoder");
            long whole = WeightSize.of(textEncoder, LayerNames.PLAIN).in(DType.FLOAT32);
            assertThat(model.networks())
                    .filteredOn(network -> network.role() == Resident.Role.TEXT_ENCODER)
                    .singleElement()
                    .satisfies(network ->
                            assertThat(network.size().in(DType.FLOAT32)).isLessThan(whole));
        }
    }

    private static byte[] picture(TinyPipeline pipeline, Path checkpoint) {
        Job job = pipeline.job(TestJobs.of("a fox", null, null, 1, null, null, 7));
        Sources sources = pipeline.sources(TestPictures.noise(96, 64), List.of());
        try (ImageModel model = LoadedModel.in(DType.FLOAT32, checkpoint)) {
            return model.render(job, TestJobs.first(job), sources, Progress.NONE)
                    .picture()
                    .rgb();
        }
    }

    @Test
    void eightBitsAreNearAndStayPacked() throws IOException {
        TestCheckpoints.empty(folder, "safetensors");
        var writer = new GgufWriter().text("general.architecture", "qwen3");
        ofLlamaCpp().forEach((name, tensor) -> {
            if (tensor.shape().length == 2 && tensor.shape()[1] % 32 == 0) {
                writer.add(name, BlockType.Q8_0, tensor.shape(), GgufFiles.q8(tensor.values()));
            } else {
                writer.add(name, GgufWriter.F32, tensor.shape(), tensor.values());
            }
        });
        writer.write(folder.resolve("Qwen3-of-somebody-Q8_0.gguf"));

        assertThat(Distance.between(embeds(folder), embeds(TEXT_ENCODER))).isBetween(1e-4, 0.02);
        assertThat(size(folder)).isLessThan(size(TEXT_ENCODER) * 9 / 10); // the table of embeds is unpacked
    }

    private static long size(Path folder) {
        return WeightSize.of(folder, Qwen3Encoder.Config.read(folder, AFTER).names())
                .in(DType.BFLOAT16);
    }

    @Test
    void aFileOfAnotherModelIsRefusedWithWhatItSaysItIs() throws IOException {
        Map<String, Numbers> theirs = ofLlamaCpp();
        theirs.keySet().removeIf(name -> name.contains("_norm."));
        GgufFiles.replace(folder, theirs, "qwen2", false);

        TestCheckpoints.assertRefused(
                () -> load(folder),
                "a GGUF file of the architecture 'qwen2'",
                "model.layers.0.self_attn.q_norm.weight");
    }

    /** Every pair of rows that turn together, half a head apart in the checkpoint, stands beside each other in the file. */
    private static Numbers permuted(Numbers rows, int heads) {
        int width = (int) rows.shape()[1];
        int half = (int) rows.shape()[0] / heads / 2;
        float[] values = new float[rows.values().length];
        for (int row = 0; row < rows.shape()[0]; row++) {
            int head = row / (2 * half);
            int pair = row % half;
            int second = row / half % 2;
            int to = head * 2 * half + 2 * pair + second;
            System.arraycopy(rows.values(), row * width, values, to * width, width);
        }
        return new Numbers(rows.shape(), values);
    }

    @Test
    void mistralIsReadWithItsRowsInAnotherOrder() throws IOException {
        Path own = TestCheckpoints.GOLDENS.resolve("tiny-flux2-dev-full/text_encoder");
        TestCheckpoints.empty(folder, "");
        TestCheckpoints.copy(own, folder);
        Map<String, Numbers> language = GgufFiles.read(own);
        language.keySet().removeIf(name -> !name.startsWith("language_model."));
        language.replaceAll((name, tensor) -> name.contains(".q_proj.")
                ? permuted(tensor, 4)
                : name.contains(".k_proj.") ? permuted(tensor, 2) : tensor);
        Map<String, Numbers> theirs = GgufFiles.renamed(
                language,
                name -> name.replaceFirst("language_model\\.(model\\.)?", "")
                        .replace("layers.", "blk.")
                        .replaceAll("self_attn\\.([qkv])_proj", "attn_$1")
                        .replace("self_attn.o_proj", "attn_output")
                        .replace("input_layernorm", "attn_norm")
                        .replace("post_attention_layernorm", "ffn_norm")
                        .replaceAll("mlp\\.(gate|up|down)_proj", "ffn_$1")
                        .replaceAll("^norm\\.", "output_norm.")
                        .replace("lm_head.", "output.")
                        .replace("embed_tokens.", "token_embd."));
        GgufFiles.replace(folder, theirs, "llama", false);
        TestCheckpoints.empty(folder, "index.json");

        assertThat(mistral(folder)).containsExactly(mistral(own), within(1e-5f));
    }

    private static float[] mistral(Path folder) {
        var config = MistralEncoder.Config.read(folder, List.of(1, 3));
        try (var loaded = Weights.load(folder, FLOAT32, place -> config, MistralEncoder::new, config.names());
                var scope = Scope.open("encode")) {
            long[] ids = LongStream.range(5, 40).toArray();
            return loaded.network().encode(new PaddedIds(ids, ids.length - 3)).toFloats();
        }
    }
}
