package dev.darkroom.meta;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code make tally} is asked for and cannot do is refused by the name of the variable, before anything is loaded. */
class TallyArgumentsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            flux | 1024x1024 | json | MODEL: 'flux' is none of flux.1-dev, flux.1-kontext-dev
            flux.1-dev | 1024 | json | SIZE: '1024' is not a size such as 1024x768
            flux.1-dev | 1000x1000 | json | SIZE: both sides must be multiples of 16 from 256 to 4096, not 1000x1000
            flux.1-dev | 16x16 | json | SIZE: both sides must be multiples of 16 from 256 to 4096, not 16x16
            flux.1-dev | 8192x1024 | json | SIZE: both sides must be multiples of 16 from 256 to 4096, not 8192x1024
            flux.1-dev | 1024x1024 | xml | FORMAT: must be table or json, not 'xml'
            """)
    void whatCannotBeDoneIsRefused(String model, String size, String format, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tally.of(model, size, format))
                .withMessageStartingWith(message);
    }

    @Test
    void whatIsLeftEmptyHasADefault() {
        assertThatCode(() -> Tally.of("", "", "")).doesNotThrowAnyException();
        assertThatCode(() -> Tally.of("all")).doesNotThrowAnyException();
        assertThatCode(() -> Tally.of("FLUX.1-dev", " 512x512 ", "table")).doesNotThrowAnyException();
    }
}
