package dev.darkroom.store.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a file of 1,000 bytes a Range header asks for. */
class ByteRangeTest {
    private static final long SIZE = 1_000;

    @ParameterizedTest
    @CsvSource({
        "bytes=0-9, 0, 9",
        "bytes=0-0, 0, 0",
        "bytes=10-, 10, 999",
        "bytes=0-, 0, 999",
        "bytes=999-, 999, 999",
        "bytes=990-5000, 990, 999",
        "bytes=-10, 990, 999",
        "bytes=-1000, 0, 999",
        "bytes=-99999, 0, 999",
        "Bytes=5-6, 5, 6",
        "' bytes= 5-6 ', 5, 6",
        "bytes=0000000000000000000000005-6, 5, 6",
        "bytes=5-99999999999999999999999999, 5, 999",
        "bytes=-99999999999999999999999999, 0, 999"
    })
    void aPartIsWithinTheFile(String header, long first, long last) {
        assertThat(ByteRange.of(List.of(header), SIZE)).isEqualTo(new ByteRange.Part(first, last));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bytes=1000-", "bytes=1000-1000", "bytes=5000-6000", "bytes=-0", "bytes=99999999999999999999-"})
    void whatBeginsBehindTheEndIsNotThere(String header) {
        assertThat(ByteRange.of(List.of(header), SIZE)).isEqualTo(new ByteRange.Beyond());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=9-5",
                "bytes=a-b",
                "bytes=0x1-5",
                "bytes=-1-5",
                "bytes=1.5-",
                "bytes 0-9",
                "items=0-9",
                "bytes=0-9,20-29",
                "bytes=0-9,",
                "bytes=٣-٤"
            })
    void whatIsNotUnderstoodCountsAsNone(String header) {
        assertThat(ByteRange.of(List.of(header), SIZE)).isEqualTo(new ByteRange.Whole());
    }

    @Test
    void severalHeadersCountAsNone() {
        assertThat(ByteRange.of(List.of(), SIZE)).isEqualTo(new ByteRange.Whole());
        assertThat(ByteRange.of(List.of("bytes=0-1", "bytes=2-3"), SIZE)).isEqualTo(new ByteRange.Whole());
    }
}
