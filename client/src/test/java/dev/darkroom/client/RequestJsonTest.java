package dev.darkroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What requests look like on their way, against the worker's own schema of them. */
class RequestJsonTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path SCHEMA = Path.of(System.getProperty("darkroom.home"), "docs/input.schema.json");

    /** Fields by which the worker understands other workers' requests; each says what one of ours says. */
    private static final Set<String> SAID_OTHERWISE = Set.of(
            "size",
            "lora_weights",
            "lora_scale",
            "extra_lora",
            "extra_lora_scale",
            "lora_urls",
            "lora_scales",
            "enable_safety_checker",
            "disable_safety_checker");

    /** Schedules of animations, which go through {@link Animation.Builder#schedule} by their names. */
    private static final Set<String> SCHEDULES =
            Set.of("angle", "translation_x", "translation_y", "translation_z", "strength_schedule", "noise_schedule");

    /** Fields that come with other parts of the same version; the schema need not have them yet. */
    private static final Set<String> TO_COME = Set.of("previews", "mask_paints");

    private static DrawRequest.Builder everything() {
        return DrawRequest.prompt("a lake")
                .negativePrompt("fog")
                .image(ImageSource.of(new byte[] {1, 2, 3}))
                .mask(ImageSource.of(URI.create("https://example.com/mask.png")))
                .maskPaints(DrawRequest.MaskPaints.TRANSPARENT)
                .strength(0.5)
                .lora(Lora.of("style.safetensors"))
                .model("schnell")
                .size(640, 480)
                .aspectRatio("16:9")
                .megapixels(0.5)
                .matchInputImage(true)
                .outputs(2)
                .seed(Long.MAX_VALUE)
                .steps(4)
                .guidanceScale(3.5)
                .trueCfgScale(1)
                .style("cinematic")
                .stepCache(0.08)
                .goFast(true)
                .format(DrawRequest.Format.WEBP)
                .quality(80)
                .returnAs(DrawRequest.ReturnAs.BASE64)
                .stripMetadata(true)
                .provenance(DrawRequest.Provenance.LABEL)
                .previews(3)
                .animation(moving().build());
    }

    private static Animation.Builder moving() {
        return Animation.settings(Map.of("W", 64, "zoom", "0:(1.1)"))
                .preset("smooth")
                .mode("2D")
                .maxFrames(48)
                .fps(12.5)
                .zoom("0:(1.02)")
                .promptFrom(0, "a lake")
                .promptFrom("max_f-10", "a hill")
                .video(ImageSource.of(new byte[] {7}))
                .poster(3)
                .keepOnCancel(true);
    }

    private static JsonNode sent(DrawRequest request) throws IOException {
        return MAPPER.readTree(RequestJson.body(request));
    }

    @Test
    void everyFieldOfTheWorkerIsThereByItsName() throws IOException {
        Set<String> ofTheWorker = new HashSet<>();
        MAPPER.readTree(Files.readAllBytes(SCHEMA))
                .path("properties")
                .properties()
                .forEach(field -> {
                    if (!field.getValue().path("deprecated").asBoolean()) {
                        ofTheWorker.add(field.getKey());
                    }
                });
        Set<String> ofTheClient = new HashSet<>();
        sent(everything().build()).path("input").fieldNames().forEachRemaining(ofTheClient::add);
        sent(everything()
                        .prompts(List.of("a lake", "a hill"))
                        .image(ImageSource.of(new byte[] {4}))
                        .build())
                .path("input")
                .fieldNames()
                .forEachRemaining(ofTheClient::add);
        ofTheWorker.removeAll(SAID_OTHERWISE);
        ofTheWorker.removeAll(SCHEDULES);
        ofTheWorker.addAll(TO_COME);

        assertThat(ofTheClient).containsExactlyInAnyOrderElementsOf(ofTheWorker);
    }

    @Test
    void valuesAreInTheWorkersWords() throws IOException {
        JsonNode input = sent(everything().build()).path("input");

        assertThat(input.path("image").asText()).isEqualTo("AQID");
        assertThat(input.path("mask").asText()).isEqualTo("https://example.com/mask.png");
        assertThat(input.path("mask_paints").asText()).isEqualTo("transparent");
        assertThat(input.path("loras").toString()).isEqualTo("[{\"path\":\"style.safetensors\",\"scale\":1.0}]");
        assertThat(input.path("seed").asLong()).isEqualTo(Long.MAX_VALUE);
        assertThat(input.path("output_format").asText()).isEqualTo("webp");
        assertThat(input.path("return").asText()).isEqualTo("base64");
        assertThat(input.path("go_fast").isBoolean()).isTrue();
    }

    @Test
    void anAnimationIsInTheWorkersWords() throws IOException {
        JsonNode input = sent(DrawRequest.animation(
                                moving().schedule("angle", "0:(0.5)").build())
                        .format(DrawRequest.Format.MP4)
                        .build())
                .path("input");

        assertThat(input).isEqualTo(MAPPER.readTree("""
                        {"output_format": "mp4", "type": "animation", "preset": "smooth", "animation_mode": "2D", "max_frames": 48,
                         "fps": 12.5, "zoom": "0:(1.02)", "angle": "0:(0.5)", "video": "Bw==", "poster": "3", "keep_on_cancel": true,
                         "animation_prompts": {"0": "a lake", "max_f-10": "a hill"}, "settings": {"W": 64, "zoom": "0:(1.1)"}}
                        """));
        assertThat(sent(DrawRequest.prompt("a lake")
                                .animation(Animation.frames(2).build())
                                .build())
                        .toString())
                .isEqualTo("{\"input\":{\"prompt\":\"a lake\",\"type\":\"animation\",\"max_frames\":2}}");
    }

    @Test
    void whatIsLeftOpenIsNotSent() throws IOException {
        assertThat(sent(DrawRequest.of("a lake")).toString()).isEqualTo("{\"input\":{\"prompt\":\"a lake\"}}");
    }

    @Test
    void whatStandsBesideTheInputIsSent() throws IOException {
        JsonNode body = sent(DrawRequest.prompt("a lake")
                .webhook(URI.create("https://example.com/done"))
                .policy(new Policy(Duration.ofSeconds(30), null, true))
                .bucket(new Bucket(URI.create("https://s3.example.com"), "pictures", "id", "secret", null))
                .field("new_field", List.of(1, 2))
                .build());

        assertThat(body.path("webhook").asText()).isEqualTo("https://example.com/done");
        assertThat(body.path("policy").toString()).isEqualTo("{\"executionTimeout\":30000,\"lowPriority\":true}");
        assertThat(body.path("s3Config").toString())
                .isEqualTo("{\"endpointUrl\":\"https://s3.example.com\",\"bucketName\":\"pictures\","
                        + "\"accessId\":\"id\",\"accessSecret\":\"secret\"}");
        assertThat(body.path("input").path("new_field").toString()).isEqualTo("[1,2]");
    }

    @Test
    void aRequestIsChangedWithoutTouchingTheFirst() {
        DrawRequest first = everything().build();
        DrawRequest second = first.toBuilder()
                .seed(7)
                .image(ImageSource.of(Path.of("b.png")))
                .build();

        assertThat(first.toBuilder().build()).isEqualTo(first);
        assertThat(second.seed()).isEqualTo(7);
        assertThat(second.images()).hasSize(2);
        assertThat(first.images()).hasSize(1);
    }

    @Test
    void filesAreReadWhenTheyAreSent(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.png");
        DrawRequest request =
                DrawRequest.prompt("a lake").image(ImageSource.of(file)).build();

        assertThatThrownBy(() -> RequestJson.body(request))
                .isInstanceOf(DarkroomException.class)
                .hasMessageStartingWith("image: the file cannot be read: ")
                .hasMessageContaining("a.png");

        Files.write(file, new byte[] {1, 2, 3});
        assertThat(sent(request).path("input").path("image").asText()).isEqualTo("AQID");
    }

    @Test
    void aBucketKeepsItsSecret() {
        assertThat(new Bucket(URI.create("https://s3.example.com"), "pictures", "id", "hush", "a/"))
                .asString()
                .contains("pictures")
                .doesNotContain("hush");
    }
}
