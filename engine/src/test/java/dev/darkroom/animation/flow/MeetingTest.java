package dev.darkroom.animation.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.animation.frame.Blend;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import org.junit.jupiter.api.Test;

class MeetingTest {
    private static final Picture EARLIER = Textures.shifted(96, 96, 0, 0);
    private static final Picture LATER = Textures.shifted(96, 96, 8, -4);

    @Test
    void whatMovesIsAtOnePlaceInBoth() {
        Flow flow = OpticalFlow.between(EARLIER, LATER);
        for (double weight : new double[] {0.25, 0.5, 0.75}) {
            Picture truth = middle(Textures.shifted(96, 96, 8 * weight, -4 * weight));
            Meeting met = Meeting.of(EARLIER, LATER, weight, flow, 1);

            assertThat(TestPictures.meanDifference(middle(met.earlier()), truth))
                    .isLessThan(3);
            assertThat(TestPictures.meanDifference(middle(met.later()), truth)).isLessThan(3);
            assertThat(TestPictures.meanDifference(middle(Blend.of(EARLIER, LATER, weight)), truth))
                    .as("without flow")
                    .isGreaterThan(12);
        }
    }

    @Test
    void theEndsOfTheWayAreThePicturesThemselves() {
        Flow flow = OpticalFlow.between(EARLIER, LATER);

        assertThat(Meeting.of(EARLIER, LATER, 0, flow, 1).earlier().rgb()).isEqualTo(EARLIER.rgb());
        assertThat(Meeting.of(EARLIER, LATER, 1, flow, 1).later().rgb()).isEqualTo(LATER.rgb());
        assertThat(Meeting.of(EARLIER, LATER, 0.5, flow, 0).earlier().rgb()).isEqualTo(EARLIER.rgb());
    }

    private static Picture middle(Picture picture) {
        return picture.crop(new Size(48, 48));
    }
}
