package dev.darkroom;

import static dev.darkroom.Colours.brightness;
import static dev.darkroom.Colours.mean;
import static dev.darkroom.Colours.share;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.Picture;
import dev.darkroom.queue.JobJson;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Whether the pictures of an example show what its prompt says: the colours that it names, where it names them. */
final class Shown {
    private static final Map<String, int[]> COLOURS = Map.of(
            "red", new int[] {220, 32, 36},
            "blue", new int[] {38, 84, 214},
            "green", new int[] {40, 160, 60},
            "yellow", new int[] {250, 215, 40},
            "black", new int[] {20, 20, 20},
            "white", new int[] {252, 252, 252});

    private static final Pattern SHAPE =
            Pattern.compile("a (\\w+) (?:circle|square|triangle)(?: on a (\\w+) background)?");
    private static final Pattern THING = Pattern.compile("a (\\w+) car on a road");
    private static final Pattern BACKGROUND = Pattern.compile("change the background to (\\w+)");
    private static final Pattern MADE =
            Pattern.compile("(?:make|turn) the (\\w+) (\\w+)|change the color of the (\\w+) to (\\w+)");

    private final JsonNode input;
    private final String prompt;
    private final Picture picture;

    private Shown(JsonNode input, String prompt, Picture picture) {
        this.input = input;
        this.prompt = prompt;
        this.picture = picture;
    }

    /** Looks at every picture of a completed job, but at no animation; returns how many there were whose prompt says what can be looked for. */
    static long assertIn(String payload, JsonPath answer) {
        JsonNode input = input(payload);
        List<Map<String, Object>> images = answer.getList("output.images");
        return images.stream()
                .filter(image -> !image.containsKey("frames"))
                .filter(image -> new Shown(input, prompt(input, image), picture(image)).isLookedAt())
                .count();
    }

    private static JsonNode input(String payload) {
        try {
            return JobJson.MAPPER.readTree(payload).path("input");
        } catch (JsonProcessingException e) {
            throw new AssertionError(payload, e);
        }
    }

    private static String prompt(JsonNode input, Map<String, Object> image) {
        return input.has("prompt")
                ? input.path("prompt").asText()
                : input.path("prompts").path(index(image)).asText();
    }

    private static int index(Map<String, Object> image) {
        return (int) Objects.requireNonNull(image.get("prompt_index"));
    }

    private static Picture picture(Map<String, Object> image) {
        Object inline = image.get("image");
        return inline == null
                ? Caller.at(String.valueOf(image.get("url")))
                : Caller.read(Base64.getDecoder().decode(String.valueOf(inline).replaceFirst("^data:[^,]*,", "")));
    }

    private boolean isLookedAt() {
        if (input.has("lora_scale")) {
            // half way between two colours
            return false;
        }
        return Stream.of(shape(), thing(), background(), made(), light()).reduce(false, Boolean::logicalOr);
    }

    private boolean shape() {
        Matcher shape = SHAPE.matcher(prompt);
        if (!shape.find()) {
            return false;
        }
        int width = picture.width();
        int height = picture.height();
        assertColour(
                shape.group(1), mean(picture, width * 7 / 16, height * 7 / 16, width / 8, height / 8), "in the middle");
        assertColour(
                Objects.requireNonNullElse(shape.group(2), "white"),
                mean(picture, 0, 0, width / 10, height / 10),
                "in the corner");
        return true;
    }

    private boolean thing() {
        Matcher thing = THING.matcher(prompt);
        if (!thing.find()) {
            return false;
        }
        String colour = input.has("loras") ? "blue" : thing.group(1);
        assertThat(share(picture, 60, colour(colour)))
                .as("%s in %s", colour, input)
                .isGreaterThan(0.04);
        return true;
    }

    private boolean background() {
        Matcher background = BACKGROUND.matcher(prompt);
        if (!background.find()) {
            return false;
        }
        assertColour(
                background.group(1), mean(picture, 0, 0, picture.width() / 10, picture.height() / 10), "in the corner");
        return true;
    }

    private boolean made() {
        Matcher made = MADE.matcher(prompt);
        if (!made.find()) {
            return false;
        }
        String colour = made.group(2) == null ? made.group(4) : made.group(2);
        assertThat(share(picture, 60, colour(colour)))
                .as("%s in %s", colour, input)
                .isGreaterThan(0.02);
        return true;
    }

    private boolean light() {
        double[] all = mean(picture, 0, 0, picture.width(), picture.height());
        if (prompt.contains("night")) {
            assertThat(brightness(all)).as("darker than it was: %s", input).isLessThan(0.75 * brightnessBefore());
        } else if (prompt.contains("sunset")) {
            assertThat(warmth()).as("warm light: %s", input).isGreaterThan(0.1);
        } else if (prompt.contains("green forest")) {
            assertThat(all[1] - Math.max(all[0], all[2])).as("green: %s", input).isGreaterThan(10);
        } else {
            return false;
        }
        return true;
    }

    /** How bright the picture was that the example edits: the darkest, if there are several. */
    private double brightnessBefore() {
        Stream<JsonNode> sources = input.has("image")
                ? Stream.of(input.path("image"))
                : input.path("images").valueStream();
        return sources.map(JsonNode::asText)
                .map(path -> Caller.read(bytes(Path.of(System.getProperty("darkroom.home"), "test-payloads", path))))
                .mapToDouble(source -> brightness(mean(source, 0, 0, source.width(), source.height())))
                .min()
                .orElseThrow();
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How much of the picture is far more red than blue. */
    private double warmth() {
        long warm = IntStream.range(0, picture.width() * picture.height())
                .filter(pixel -> {
                    int x = pixel % picture.width();
                    int y = pixel / picture.width();
                    return picture.level(x, y, 0) > picture.level(x, y, 2) + 40;
                })
                .count();
        return (double) warm / (picture.width() * picture.height());
    }

    private void assertColour(String name, double[] mean, String where) {
        int[] colour = colour(name);
        for (int channel = 0; channel < 3; channel++) {
            assertThat(Math.abs(mean[channel] - colour[channel]))
                    .as("%s %s: %s has %.0f, %.0f, %.0f", name, where, input, mean[0], mean[1], mean[2])
                    .isLessThan(60);
        }
    }

    private static int[] colour(String name) {
        return Objects.requireNonNull(COLOURS.get(name), name);
    }
}
