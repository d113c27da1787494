package dev.darkroom.diffusion.preview;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.Darkroom;
import dev.darkroom.engine.DrawOptions;
import dev.darkroom.engine.Drawing;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PocketPreviewsTest {
    /** Of 255: the mean over all levels of a preview. A preview of grey alone is 60 and more away. */
    private static final double NEAR = 18;

    /** Keeps all that it is told. */
    private static final class Viewer implements Progress {
        private final int wanted;
        final TreeMap<Integer, Picture> seen = new TreeMap<>();
        final List<String> heard = new ArrayList<>();

        Viewer(int wanted) {
            this.wanted = wanted;
        }

        @Override
        public void report(int step, int steps) {
            heard.add(step + "/" + steps);
        }

        @Override
        public int previews() {
            return wanted;
        }

        @Override
        public void preview(Sample sample, int step, int steps, Picture picture) {
            heard.add("preview of " + sample.index() + " after " + step + "/" + steps);
            seen.put(step, picture);
        }
    }

    @Test
    void aPreviewShowsWhatThePictureWillBe() throws Exception {
        try (Darkroom darkroom = Darkroom.open(TestCheckpoints.POCKET_FLUX)) {
            var viewer = new Viewer(1);
            DrawOptions options = DrawOptions.seed(7).withSteps(4);
            for (String prompt : List.of("a red circle on a white background", "a sunset over mountains")) {
                Drawing watched = darkroom.generate(prompt, options.withProgress(viewer));
                Drawing alone = darkroom.generate(prompt, options);

                assertThat(watched.picture().rgb()).isEqualTo(alone.picture().rgb());
                assertThat(difference(requireNonNull(viewer.seen.get(2)), alone.picture()))
                        .as(prompt)
                        .isLessThan(NEAR);
            }
            assertThat(viewer.heard).startsWith("0/4", "1/4", "2/4", "preview of 0 after 2/4", "3/4", "4/4");
        }
    }

    @Test
    void anEditIsSeenToo() throws Exception {
        Picture house = TestPictures.payload("house.png");
        try (Darkroom darkroom = Darkroom.open(TestCheckpoints.POCKET_EDIT)) {
            var viewer = new Viewer(10);
            Drawing night = darkroom.edit(
                    List.of(house),
                    "make it night",
                    DrawOptions.seed(7).withSteps(4).withProgress(viewer));

            assertThat(viewer.seen.keySet()).containsExactly(1, 2, 3);
            assertThat(difference(requireNonNull(viewer.seen.get(3)), night.picture()))
                    .isLessThan(NEAR);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 10, ''",
        "2, 10, 1",
        "4, 3, 1 2 3",
        "4, 1, 2",
        "28, 3, 7 14 21",
        "5, 2, 2 3",
        "20, 10, 2 4 5 7 9 11 13 15 16 18"
    })
    void previewsAreSpreadEvenly(int steps, int count, String due) {
        List<String> found = new ArrayList<>();
        for (int step = 0; step <= steps; step++) {
            if (Previews.isDue(step, steps, count)) {
                found.add(String.valueOf(step));
            }
        }
        assertThat(String.join(" ", found)).isEqualTo(due);
    }

    /** Mean difference of a preview's levels from the mean levels of the picture's squares. */
    private static double difference(Picture preview, Picture picture) {
        int every = picture.width() / preview.width();
        long sum = 0;
        for (int i = 0; i < preview.rgb().length; i++) {
            int x = i / 3 % preview.width() * every;
            int y = i / 3 / preview.width() * every;
            int level = 0;
            for (int j = 0; j < every * every; j++) {
                level += picture.level(x + j % every, y + j / every, i % 3);
            }
            sum += Math.abs(level / (every * every) - (preview.rgb()[i] & 0xFF));
        }
        return (double) sum / preview.rgb().length;
    }
}
