package dev.darkroom;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The example payloads do what their names say when they are sent to the worker, so that they cannot rot. */
@QuarkusTest
class ExamplePayloadsTest extends WholeWorker {
    private static final Path FOLDER = Path.of(System.getProperty("darkroom.home"), "test-payloads");

    /** A refused example's name → how its error begins. */
    private static final Map<String, String> FAULTS = Map.ofEntries(
            Map.entry("refused-lora-missing", "loras[0]: must be an http or https URL, or a readable file"),
            Map.entry("refused-lora-of-another-model", "loras[0]: none of its 4 tensors fits this model"),
            Map.entry("refused-lora-private-address", "loras[0]: "),
            Map.entry("refused-lora-scale", "loras[0].scale: must be from -4 to 4, not 9"),
            Map.entry("refused-aspect-ratio", "aspect_ratio: must be one of 1:1,"),
            Map.entry("refused-edit-guidance", "guidance_scale: this model has no guidance embedding"),
            Map.entry("refused-edit-image-token", "prompt: must not contain <|image_pad|>"),
            Map.entry("refused-edit-mask", "mask: this model edits without a mask"),
            Map.entry("refused-edit-negative-prompt", "negative_prompt: has no effect with a true_cfg_scale of 1.0"),
            Map.entry("refused-edit-strength", "strength: this model edits by instruction"),
            Map.entry("refused-edit-without-image", "image: is missing: this model edits pictures"),
            Map.entry("refused-four-images", "images: this model takes one image, not 4"),
            Map.entry("refused-images-with-strength", "images: this model takes one image, not 2; model: none of "),
            Map.entry("refused-format", "output_format: must be png,"),
            Map.entry("refused-guidance", "guidance_scale: this model has no guidance embedding"),
            Map.entry("refused-image-file-url", "image: must be base64,"),
            Map.entry("refused-image-no-picture", "image: "),
            Map.entry("refused-image-outside", "image: "),
            Map.entry("refused-image-private-address", "image: "),
            Map.entry("refused-mask-on-this-model", "mask: this model cannot fill"),
            Map.entry("refused-mask-without-image", "mask: needs an image"),
            Map.entry("refused-megapixels", "megapixels: must be from 0.01 to 4, not 64"),
            Map.entry("refused-quality", "output_quality: must be from 1 to 100, not 0"),
            Map.entry("refused-strength", "strength: must be above 0 and at most 1, not 1.5"),
            Map.entry("refused-lone-width", "height: is missing, width is there"),
            Map.entry("refused-size", "size: must be such as 1024x768"),
            Map.entry("refused-match-without-image", "match_input_image: needs an image"),
            Map.entry("refused-cfg-without-negative", "true_cfg_scale: has no effect without a negative_prompt"),
            Map.entry("refused-image-data-uri", "image: must be a PNG, JPEG, WebP, GIF or BMP picture"),
            Map.entry("refused-image-and-images", "images: cannot stand beside image"),
            Map.entry("refused-image-missing-file", "image: must be a readable file below one of the folders"),
            Map.entry("refused-image-damaged", "image: the picture is damaged"),
            Map.entry("refused-several-faults", "widht: is no field of this worker; did you mean width?; "),
            Map.entry("refused-missing-prompt", "prompt: is missing"),
            Map.entry("refused-model", "model: must be one of pocket-flux"),
            Map.entry("refused-negative-prompt", "negative_prompt: has no effect"),
            Map.entry("refused-prompt-and-prompts", "prompts: cannot stand beside prompt"),
            Map.entry("refused-return", "return: must be one of url, base64, auto, not email"),
            Map.entry("refused-s3config", "s3Config.accessId: is missing"),
            Map.entry("refused-safety-checker", "enable_safety_checker: this worker has no safety checker"),
            Map.entry("refused-seed", "seed: must be a whole number, not \"lucky\""),
            Map.entry("refused-step-cache", "step_cache: must be from 0 to 1, not 2"),
            Map.entry("refused-steps", "num_inference_steps: must be from 1 to 200, not 1000"),
            Map.entry("refused-strength-without-image", "strength: needs an image"),
            Map.entry("refused-style", "style: must be one of "),
            Map.entry("refused-too-many-outputs", "num_outputs: must be from 1 to 10, not 11"),
            Map.entry("refused-too-many-prompts", "prompts: must be a list of 1 to 10 texts, not 11"),
            Map.entry("refused-two-images", "images: this model takes one image, not 2"),
            Map.entry("refused-two-sizes", "aspect_ratio: cannot stand beside a size"),
            Map.entry("refused-unknown-field", "num_steps: is no field of this worker; did you mean steps?"),
            Map.entry("refused-width", "width: must be from 64 to 4096, not 20000"));

    /** Whose colours say nothing, or are not looked at: scenes of many, edits that take away, videos. */
    private static final List<String> UNSEEN = List.of(
            "animate-",
            "aspect-ratio",
            "four-outputs",
            "image-base64",
            "image-match-input",
            "large",
            "lora-half",
            "office",
            "flux-style",
            "keep-unchanged",
            "remove");

    static Stream<Path> accepted() throws IOException {
        return examples().filter(file -> !isRefused(file));
    }

    static Stream<Path> refused() throws IOException {
        return examples().filter(ExamplePayloadsTest::isRefused);
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void isDone(Path file) throws IOException, InterruptedException {
        // an animation takes longer on a busy machine than a caller of /runsync waits
        JsonPath answer = Caller.awaitEnd(given().body(Files.readString(file))
                .post("/run")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getString("id"));

        assertThat(answer.getString("status")).as(answer.prettify()).isEqualTo("COMPLETED");
        assertThat(answer.getList("output.images")).isNotEmpty();
        assertThat(answer.getString("output.model"))
                .isEqualTo(name(file).startsWith("edit-") ? "pocket-qwen-edit" : "pocket-flux");
        long looked = Shown.assertIn(Files.readString(file), answer);
        assertThat(looked > 0 || UNSEEN.stream().anyMatch(name(file)::contains))
                .as("what can be looked for in %s", file)
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void isRefusedForItsField(Path file) throws IOException {
        String name = name(file).replace(".json", "");
        assertThat(FAULTS).as("the fault of each refused example").containsKey(name);

        given().body(Files.readString(file))
                .post("/runsync")
                .then()
                .statusCode(200)
                .body("status", is("FAILED"))
                .body("error_type", is("BAD_INPUT"))
                .body("error", startsWith(FAULTS.get(name)));
    }

    @Test
    void allFaultsAreToldAtOnce() throws IOException {
        given().body(Files.readString(FOLDER.resolve("refused-several-faults.json")))
                .post("/runsync")
                .then()
                .body("error", containsString("widht: "))
                .body("error", containsString("seed: "))
                .body("error", containsString("num_inference_steps: "))
                .body("error", containsString("model: must be one of pocket-flux"));
    }

    @Test
    void noExampleIsMissing() throws IOException {
        assertThat(refused()).hasSize(FAULTS.size());
        assertThat(accepted()).hasSizeGreaterThanOrEqualTo(10);
    }

    private static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> name(file).endsWith(".json")).sorted().toList().stream();
        }
    }

    private static boolean isRefused(Path file) {
        return name(file).startsWith("refused-");
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
