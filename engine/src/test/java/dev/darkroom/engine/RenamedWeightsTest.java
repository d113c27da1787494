package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.Progress;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights that older and newer libraries store by other names make the very same picture. */
class RenamedWeightsTest {
    @TempDir
    Path folder;

    static Stream<Arguments> renamings() {
        return Stream.of(
                renaming(
                        "CLIP without text_model",
                        TinyPipeline.FLUX,
                        "text_encoder",
                        name -> name.replaceFirst("^text_model\\.", "")),
                renaming(
                        "T5's table by its other name",
                        TinyPipeline.FLUX,
                        "text_encoder_2",
                        name -> name.equals("shared.weight") ? "encoder.embed_tokens.weight" : name),
                renaming(
                        "attention of old autoencoders",
                        TinyPipeline.FLUX_FILL,
                        "vae",
                        RenamedWeightsTest::oldAttention),
                renaming(
                        "both inside model",
                        TinyPipeline.QWEN_IMAGE_EDIT,
                        "text_encoder",
                        name -> name.startsWith("visual.")
                                ? "model." + name
                                : name.replaceFirst("^model\\.", "model.language_model.")),
                renaming(
                        "language_model.model",
                        TinyPipeline.QWEN_IMAGE_EDIT,
                        "text_encoder",
                        name -> name.replaceFirst("^(model|lm_head)\\.", "language_model.$1.")),
                renaming(
                        "the base model",
                        TinyPipeline.QWEN_IMAGE_EDIT,
                        "text_encoder",
                        name -> name.replaceFirst("^model\\.", "language_model.")),
                renaming(
                        "the text model alone",
                        TinyPipeline.QWEN_IMAGE_EDIT,
                        "text_encoder",
                        name -> name.replaceFirst("^model\\.", "")));
    }

    private static Arguments renaming(
            String title, TinyPipeline pipeline, String component, UnaryOperator<String> renaming) {
        return Arguments.of(title, pipeline, component, renaming);
    }

    private static String oldAttention(String name) {
        String old = name;
        for (var part : Map.of(".to_q.", ".query.", ".to_k.", ".key.", ".to_v.", ".value.", ".to_out.0.", ".proj_attn.")
                .entrySet()) {
            old = old.replace(part.getKey(), part.getValue());
        }
        return old;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renamings")
    void theyMakeTheSamePicture(String title, TinyPipeline pipeline, String component, UnaryOperator<String> renaming)
            throws IOException {
        byte[] untouched = draw(pipeline, pipeline.make(folder.resolve("one")));
        Path renamed = pipeline.make(folder.resolve("other"));
        RenamedTensors.rename(renamed.resolve(component), renaming);

        assertThat(draw(pipeline, renamed)).isEqualTo(untouched);
    }

    @Test
    void layersKeepTheNamesThatLorasKnowThemBy() throws IOException {
        Path checkpoint = TinyPipeline.FLUX.make(folder);
        RenamedTensors.rename(checkpoint.resolve("text_encoder"), name -> name.replaceFirst("^text_model\\.", ""));
        try (ImageModel model = LoadedModel.from(checkpoint)) {
            Resident<?> clip = model.networks().stream()
                    .filter(network -> network.toString().startsWith("text_encoder of"))
                    .findFirst()
                    .orElseThrow();
            assertThat(clip.required().layers())
                    .isNotEmpty()
                    .allSatisfy((layer, shape) -> assertThat(layer).startsWith("text_model.encoder.layers."));
        }
    }

    @Test
    void aTableThatIsStoredTwiceMustBeTheSameTwice() throws IOException {
        byte[] untouched = draw(TinyPipeline.FLUX, TestCheckpoints.POCKET_FLUX);
        Path twice = TestCheckpoints.copy(TestCheckpoints.POCKET_FLUX, folder);
        Path weights = twice.resolve("text_encoder_2/model.safetensors");
        RenamedTensors.copy(weights, "shared.weight", "encoder.embed_tokens.weight");
        assertThat(draw(TinyPipeline.FLUX, twice)).isEqualTo(untouched);

        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        TestCheckpoints.assertRefused(
                () -> LoadedModel.from(twice), "encoder.embed_tokens.weight differs from shared.weight");
    }

    private static byte[] draw(TinyPipeline pipeline, Path checkpoint) {
        try (ImageModel model = LoadedModel.from(checkpoint)) {
            Job job = pipeline.job(TestJobs.of("a fox", null, null, 1, null, null, 7));
            return model.render(job, TestJobs.first(job), pipeline.sources(TestPictures.noise(96, 64)), Progress.NONE)
                    .picture()
                    .rgb();
        }
    }
}
