package dev.darkroom.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.ImageFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each text is of one kind, whether or not it is right in it. */
class SourceKindTest {
    @ParameterizedTest
    @CsvSource({
        "data:image/png;base64|iVBOR, DATA_URI",
        "DATA:, DATA_URI",
        "http://example.com/cat.png, URL",
        "HTTPS://example.com, URL",
        "http:, URL",
        "file:///etc/passwd, OTHER_SCHEME",
        "ftp://example.com/cat.png, OTHER_SCHEME",
        "s3://bucket/cat.png, OTHER_SCHEME",
        "gs:bucket, OTHER_SCHEME",
        "jar:http://example.com/a.jar!/cat.png, OTHER_SCHEME",
        "C:\\cat.png, OTHER_SCHEME",
        "httpx://example.com, OTHER_SCHEME"
    })
    void whatHasASchemeIsWhatTheSchemeSays(String text, SourceKind kind) {
        assertThat(SourceKind.of(text)).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/etc/passwd",
                "/data/cat",
                "/9j",
                "/9j/cat.jpg",
                "./cat",
                "../cat",
                "cat.png",
                "photos/cat.JPEG",
                "//server/share",
                "cat.heic",
                "./",
                "example.com/cat.webp"
            })
    void whatLooksLikeAPathIsAPath(String text) {
        assertThat(SourceKind.of(text)).isEqualTo(SourceKind.PATH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "iVBORw0KGgo", "/9j/", "/9j/4AAQSkZJRg==", "cat", "no base64 at all!", "ends.", "a.b", "."})
    void anythingElseIsBase64(String text) {
        assertThat(SourceKind.of(text)).isEqualTo(SourceKind.BASE64);
    }

    @ParameterizedTest
    @EnumSource
    void everyPictureInBase64IsBase64(ImageFormat format) {
        byte[] file = PictureEncoder.encode(TestPictures.gradient(8, 8), format, 90);

        assertThat(SourceKind.of(TestPictures.base64(file))).isEqualTo(SourceKind.BASE64);
    }
}
