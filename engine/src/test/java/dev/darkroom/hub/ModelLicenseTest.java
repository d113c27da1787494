package dev.darkroom.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Licences as cards of published checkpoints state them. */
class ModelLicenseTest {
    @Test
    void aKnownLicenceIsAnId() {
        assertThat(ModelLicense.read(
                        "---\nlanguage:\n- en\nlicense: apache-2.0\ntags:\n  - text-to-image\n---\n# Model"))
                .contains(new ModelLicense("apache-2.0", null, null));
        assertThat(ModelLicense.read("---\r\nlicense: \"mit\" # really\r\n---\r\n"))
                .contains(new ModelLicense("mit", null, null));
    }

    @Test
    void anotherLicenceHasANameAndALinkThatCanBeFollowed() {
        String head = "---\nlicense: other\nlicense_name: flux-1-dev-non-commercial-license\nlicense_link: ";

        assertThat(ModelLicense.read(head + "https://example.com/LICENSE.md\n---"))
                .hasValueSatisfying(license -> {
                    assertThat(license).hasToString("flux-1-dev-non-commercial-license");
                    assertThat(license.link()).isEqualTo("https://example.com/LICENSE.md");
                });
        for (String link : new String[] {"LICENSE.md", "javascript:alert(1)", ""}) {
            assertThat(ModelLicense.read(head + link + "\n---").orElseThrow().link())
                    .isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "license: [mit, apache-2.0]",
                "license:\n- mit\n- 'apache-2.0'",
                "license:\n  - mit\n  - apache-2.0"
            })
    void severalLicencesAreAllTold(String field) {
        assertThat(ModelLicense.read("---\n" + field + "\ntags: [a]\n---")).hasToString("Optional[mit, apache-2.0]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# Model\nlicense: mit",
                "---\nlicense: mit\n",
                "---\nlicense:\n---",
                "---\nlicenses: mit\n---",
                "---\n  license: mit\n---"
            })
    void whatStatesNoneHasNone(String card) {
        assertThat(ModelLicense.read(card)).isEmpty();
    }

    @Test
    void aFolderWithoutAReadableCardHasNone(@TempDir Path folder) throws Exception {
        assertThat(ModelLicense.of(folder)).isEmpty();
        Files.write(folder.resolve("README.md"), new byte[] {'-', '-', '-', '\n', (byte) 0xff});
        assertThat(ModelLicense.of(folder)).isEmpty();

        assertThat(ModelLicense.of(TestCheckpoints.POCKET_FLUX)).hasToString("Optional[apache-2.0]");
    }
}
