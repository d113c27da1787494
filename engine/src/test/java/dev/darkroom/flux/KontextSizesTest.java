package dev.darkroom.flux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reference floors a picture's sides to multiples of 16 before it looks for the nearest ratio. */
class KontextSizesTest {
    @ParameterizedTest
    @CsvSource({"1328x764, 1392x752", "429x822, 720x1456", "1024x1024, 1024x1024", "10x10, 1024x1024"})
    void aReferenceTakesTheSizeThatDiffusersTakes(String image, String resized) {
        assertThat(KontextSizes.STANDARD.reference(Size.parse(image))).isEqualTo(Size.parse(resized));
    }
}
