package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CUDA's libraries are in the image once, from libtorch's archive, and none of them is loaded before it is wanted. */
class ImageFileTest {
    private String file = "";

    @BeforeEach
    void read() throws IOException {
        file = Files.readString(Shell.HOME.resolve("Dockerfile.cuda")).replace("\\\n", " ");
    }

    @Test
    void theBaseBringsNoLibrariesOfItsOwn() {
        assertThat(file).containsPattern("ARG BASE_IMAGE=nvidia/cuda:12\\.8\\.\\d+-base-ubuntu\\S+\n");
    }

    @Test
    void onlyTheAllocatorAndWhatAnExecutablesPicturesWantAreInstalledBesideLibtorch() {
        assertThat(Pattern.compile("apt-get install([^&]*)")
                        .matcher(file)
                        .results()
                        .map(match -> match.group(1).strip()))
                .containsExactly(
                        "--yes --no-install-recommends libtcmalloc-minimal4",
                        "--yes --no-install-recommends libfreetype6 fontconfig");
        assertThat(file).doesNotContain("pip install");
    }

    @Test
    void theSameCudaAsLibtorchsIsNamedEverywhere() {
        assertThat(file)
                .contains("ARG FLAVOR=cu128", "/libtorch/cu128/libtorch-cxx11-abi-shared-with-deps-2.7.1%2Bcu128.zip")
                .contains("LD_LIBRARY_PATH=/opt/libtorch:/opt/libtorch/later");
    }

    @Test
    void whatNeedsADriverLiesApart() {
        assertThat(file).contains("mv libtorch/lib/libcaffe2_nvrtc.so cu128/later/");
    }
}
