package dev.darkroom.qwenimage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.diffusion.Pipeline;
import dev.darkroom.image.PictureSizes;
import dev.darkroom.job.AspectRatio;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.sight.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The size that a picture is computed at, and the one that its caller gets. */
class QwenSizesTest {
    private static final int AREA = 1024 * 1024;
    private static final QwenImageCheckpoint TINY = TinyQwen.open();
    private static final Pipeline TEXT = new QwenImagePipeline(TINY);
    private static final Pipeline SINGLE = new QwenImageEditPipeline(TINY, new EditStyle.Single(AREA));
    private static final Pipeline PLUS = new QwenImageEditPipeline(TINY, new EditStyle.Plus(AREA, 384 * 384));
    private static final Framing LIKE_IMAGE = new Framing.LikeImage(null);

    @ParameterizedTest
    @CsvSource({
        "1000x500, 1440x736",
        "500x1000, 736x1440",
        "64x64, 1024x1024",
        "4000x3000, 1184x896",
        "1000x999, 1024x1024",
        "3000x64, 7008x160"
    })
    void anEditThatAsksForNoSizeHasTheReferencesSizeForTheRatioOfItsPicture(String image, String expected) {
        Size size = Size.parse(expected);

        for (Pipeline pipeline : List.of(SINGLE, PLUS)) {
            assertThat(sizes(pipeline, null, image)).isEqualTo(new PictureSizes(size, size));
        }
    }

    @Test
    void ofSeveralPicturesTheLastOneDecides() {
        assertThat(sizes(PLUS, null, "1000x500", "64x64", "300x600").output()).isEqualTo(new Size(736, 1440));
    }

    /** As the frame that is to be filled: elsewhere the model shifts and zooms. */
    @Test
    void anEditInTheFrameOfItsFirstPictureIsComputedOnThatPicturesGrid() {
        assertThat(sizes(PLUS, LIKE_IMAGE, "1000x500", "300x600"))
                .isEqualTo(new PictureSizes(new Size(1440, 736), new Size(1000, 500)));
        assertThat(sizes(SINGLE, new Framing.LikeImage(0.25), "1000x500"))
                .isEqualTo(new PictureSizes(new Size(1440, 736), new Size(724, 362)));
    }

    @Test
    void aPictureSeenAtItsOwnGridIsGeneratedOnIt() {
        for (EditStyle style : List.of(new EditStyle.Single(AREA), new EditStyle.Plus(AREA, 384 * 384))) {
            Size picture = new Size(1000, 500);
            Reference reference = style.reference(new Picture(1000, 500, new byte[3 * 500_000]));

            assertThat(reference.latents().size())
                    .isEqualTo(style.generated(picture))
                    .isEqualTo(new Size(1440, 736));
            assertThat(reference.condition().size())
                    .isEqualTo(style instanceof EditStyle.Single ? new Size(1440, 736) : new Size(544, 256));
        }
    }

    @ParameterizedTest
    @CsvSource({"1500x1000, 1504x1008", "1024x1024, 1024x1024", "64x65, 64x80", "2000x64, 2000x64"})
    void aSizeThatIsAskedForIsComputedInWholeTokens(String asked, String generated) {
        for (Pipeline pipeline : List.of(TEXT, PLUS)) {
            assertThat(sizes(pipeline, new Framing.Exact(Size.parse(asked)), "640x480"))
                    .isEqualTo(new PictureSizes(Size.parse(generated), Size.parse(asked)));
        }
    }

    @Test
    void beyondTheNativeAreaAPictureIsComputedWithinIt() {
        CheckpointDefaults small = defaults(Optional.of(128 * 128));

        PictureSizes sizes = PLUS.sizes(new Framing.Exact(new Size(1500, 1000)), List.of(new Size(9, 9)), small);

        assertThat(sizes).isEqualTo(new PictureSizes(new Size(144, 96), new Size(1500, 1000)));
        assertThat(sizes.note()).hasValueSatisfying(note -> assertThat(note).contains("144x96", "1500x1000"));
        assertThat(PLUS.sizes(new Framing.Exact(new Size(120, 100)), List.of(new Size(9, 9)), small)
                        .generated())
                .isEqualTo(new Size(128, 112));
    }

    @Test
    void aRatioTakesTheAreaOfTheModelUnlessItNamesItsOwn() {
        assertThat(sizes(TEXT, new Framing.Ratio(AspectRatio.parse("16:9").orElseThrow(), null))
                        .output())
                .isEqualTo(new Size(1344, 768));
        assertThat(sizes(TEXT, new Framing.Ratio(AspectRatio.parse("1:1").orElseThrow(), 0.25))
                        .output())
                .isEqualTo(new Size(512, 512));
    }

    @Test
    void aPromptAloneTakesTheSizeOfTheModel() {
        assertThat(sizes(TEXT, null)).isEqualTo(new PictureSizes(new Size(1024, 1024), new Size(1024, 1024)));
        assertThat(sizes(TEXT, LIKE_IMAGE).output()).isEqualTo(new Size(1024, 1024));
    }

    private static PictureSizes sizes(Pipeline pipeline, @Nullable Framing framing, String... images) {
        return pipeline.sizes(framing, Arrays.stream(images).map(Size::parse).toList(), defaults(Optional.empty()));
    }

    private static CheckpointDefaults defaults(Optional<Integer> nativeArea) {
        return new CheckpointDefaults(new Size(1024, 1024), 50, 0, 4, 512, nativeArea);
    }
}
