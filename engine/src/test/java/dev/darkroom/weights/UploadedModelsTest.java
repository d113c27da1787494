package dev.darkroom.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole checkpoints, loaded on the way that a card's go. */
class UploadedModelsTest {
    private static final Sampling SAMPLING = TestJobs.of("a red circle", null, null, 2, null, null, 7);

    static Stream<Arguments> jobs() {
        return Stream.of(
                Arguments.of(TestCheckpoints.POCKET_FLUX, new Job.TextToImage(TestJobs.PLAIN, SAMPLING), Sources.NONE),
                Arguments.of(
                        TestCheckpoints.POCKET_EDIT,
                        new Job.FromImages(TestJobs.PLAIN, SAMPLING, List.of(""), null),
                        new Sources(List.of(Picture.black(new Size(128, 128))), null, List.of())));
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void aModelThatWasCopiedDrawsTheSamePicture(Path checkpoint, Job.Generation job, Sources sources) {
        long before = Scope.liveTensors();
        byte[] expected = drawn(LoadedModel.from(checkpoint), job, sources);
        byte[] actual = AsOnACard.load(1 << 16, () -> drawn(LoadedModel.from(checkpoint), job, sources));
        assertThat(actual).isEqualTo(expected);
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    private static byte[] drawn(ImageModel model, Job.Generation job, Sources sources) {
        try (model) {
            return model.render(job, TestJobs.first(job), sources, Progress.NONE)
                    .picture()
                    .rgb();
        }
    }
}
