package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux2.TinyFlux2;
import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import dev.darkroom.longcat.TinyLongCat;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import dev.darkroom.qwenimage.TinyQwen;
import dev.darkroom.zimage.TinyZImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The example payloads for published models, which no embedded checkpoint draws: a tiny one of the same pipeline takes each. */
class PublishedPayloadsTest {
    private static final Path FOLDER = TestCheckpoints.PAYLOADS.resolve("published");

    @TempDir
    Path folder;

    static List<Path> payloads() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void aModelOfItsFamilyTakesIt(Path file) throws IOException {
        String name = file.getFileName().toString();
        var payloads = new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true);
        Job job = payloads.job((ObjectNode) new ObjectMapper().readTree(Files.readAllBytes(file)));

        try (ImageModel model = LoadedModel.open(name.replace(".json", ""), checkpoint(name))) {
            assertThatNoException().isThrownBy(() -> model.check(job));
            assertThat(model.fit(job)).isNotEqualTo(Fit.UNABLE);
            assertThat(job.images().stream().map(TestCheckpoints.PAYLOADS::resolve))
                    .allMatch(Files::exists);
        }
    }

    /** A tiny checkpoint of the model that a payload's name begins with. */
    private Path checkpoint(String payload) throws IOException {
        if (payload.startsWith("flux2-klein-base")) {
            return TinyFlux2.base(TestCheckpoints.copy(TinyFlux2.KLEIN, folder));
        }
        if (payload.startsWith("flux2-klein")) {
            return TinyFlux2.KLEIN;
        }
        if (payload.startsWith("flux2-dev")) {
            return TinyFlux2.DEV;
        }
        if (payload.startsWith("z-image-turbo")) {
            return TinyZImage.TURBO;
        }
        if (payload.startsWith("z-image")) {
            return TinyZImage.base(TestCheckpoints.copy(TinyZImage.TURBO, folder));
        }
        if (payload.startsWith("longcat-image-edit")) {
            return TinyLongCat.edit(folder, "{}");
        }
        if (payload.startsWith("longcat-image")) {
            return TinyLongCat.IMAGE;
        }
        if (payload.startsWith("qwen-image-edit-2511")) {
            return TinyQwen.make(folder, "QwenImageEditPlusPipeline", "{}");
        }
        if (payload.startsWith("qwen-image-2512")) {
            return TinyQwen.make(folder, "QwenImagePipeline", "{}");
        }
        throw new IllegalArgumentException("no tiny checkpoint stands for the model of " + payload);
    }
}
