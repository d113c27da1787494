package dev.darkroom.queue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.darkroom.job.Ask;
import dev.darkroom.job.Faults;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The {@code input} of a job: JSON to a {@link Job}. All faults are listed in one message, each with its field. */
public final class Payload {
    /** A picture of 20 MB in base64, and some more. */
    private static final int LONGEST_TEXT = 30_000_000;

    static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(LONGEST_TEXT)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final int DEFAULT_QUALITY = 90;

    /** Seeds that are chosen for a caller stay exact in JavaScript, whose numbers are doubles. */
    private static final long RANDOM_SEEDS = 1L << 32;

    private static final List<String> FIELDS = List.of(
            "prompt",
            "negative_prompt",
            "model",
            "width",
            "height",
            "size",
            "num_inference_steps",
            "guidance_scale",
            "true_cfg_scale",
            "seed",
            "output_format",
            "output_quality",
            "image",
            "mask",
            "strength");

    private final JsonNode input;
    private final Faults faults = new Faults();

    private Payload(JsonNode input) {
        this.input = input;
    }

    /**
     * Reads the {@code input} of a request body or of a payload file.
     *
     * @throws JobException if the text is no JSON object with an object {@code input}
     */
    public static JsonNode input(String body) {
        JsonNode root;
        try {
            root = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new JobException(
                    JobException.Code.BAD_INPUT, "the body is no valid JSON: " + e.getOriginalMessage(), e);
        }
        if (root == null || !root.path("input").isObject()) {
            throw JobException.badInput("input: must be an object, as in {\"input\": {\"prompt\": \"a red circle\"}}");
        }
        return root.path("input");
    }

    /** The job that an {@code input} asks for. */
    public static Job job(JsonNode input) {
        return new Payload(input).job();
    }

    private Job job() {
        checkFields();
        String prompt = text("prompt");
        faults.check(input.hasNonNull("prompt"), "prompt", "is missing");
        Size size = size();
        Integer steps = count("num_inference_steps", 1, Ask.MOST_STEPS).orElse(null);
        Double guidanceScale = number("guidance_scale");
        Double trueCfgScale = number("true_cfg_scale");
        long seed = seed();
        ImageFormat format = format();
        int quality = count("output_quality", 1, 100).orElse(DEFAULT_QUALITY);
        String negativePrompt = text("negative_prompt");
        String model = text("model");
        Optional<Ask> ask = faults.gather(() -> new Ask(
                model,
                prompt == null ? "" : prompt,
                negativePrompt,
                size,
                steps,
                guidanceScale,
                trueCfgScale,
                seed,
                format,
                quality));
        String image = text("image");
        String mask = text("mask");
        Double strength = number("strength");
        faults.check(mask == null || image != null, "mask", "needs an image");
        faults.check(mask == null || strength == null, "strength", "has no effect with a mask");
        faults.check(strength == null || image != null, "strength", "needs an image");
        faults.gather(() -> Job.FromImage.checked(strength));
        faults.refuse();
        return kind(ask.orElseThrow(), image, mask, strength);
    }

    private static Job kind(Ask ask, @Nullable String image, @Nullable String mask, @Nullable Double strength) {
        if (image == null) {
            return new Job.TextToImage(ask);
        }
        return mask == null ? new Job.FromImage(ask, image, strength) : new Job.Fill(ask, image, mask);
    }

    private void checkFields() {
        List<String> unknown = new ArrayList<>();
        input.fieldNames().forEachRemaining(field -> {
            if (!FIELDS.contains(field)) {
                unknown.add(field);
            }
        });
        if (!unknown.isEmpty()) {
            faults.add(Faults.quoted(unknown), "is no field of this worker; there are " + String.join(", ", FIELDS));
        }
    }

    private @Nullable Size size() {
        Optional<Integer> width = count("width", Ask.SHORTEST_SIDE, Ask.LONGEST_SIDE);
        Optional<Integer> height = count("height", Ask.SHORTEST_SIDE, Ask.LONGEST_SIDE);
        String size = text("size");
        if (size != null) {
            faults.check(missing("width") && missing("height"), "size", "cannot stand beside width and height");
            try {
                return Size.parse(size);
            } catch (IllegalArgumentException e) {
                faults.add("size", "must be such as 1024x768: " + e.getMessage());
                return null;
            }
        }
        faults.check(missing("height") || !missing("width"), "width", "is missing, height is there");
        faults.check(missing("width") || !missing("height"), "height", "is missing, width is there");
        return width.isEmpty() || height.isEmpty() ? null : new Size(width.get(), height.get());
    }

    /** Null and −1 mean a random seed. */
    private long seed() {
        return wholeNumber("seed")
                .filter(seed -> seed != -1)
                .orElseGet(() -> RandomGenerator.getDefault().nextLong(RANDOM_SEEDS));
    }

    private ImageFormat format() {
        String name = text("output_format");
        if (name == null) {
            return ImageFormat.PNG;
        }
        return ImageFormat.parse(name).orElseGet(() -> {
            faults.add(
                    "output_format",
                    "must be one of "
                            + String.join(
                                    ", ",
                                    Arrays.stream(ImageFormat.values())
                                            .map(ImageFormat::fieldValue)
                                            .toList())
                            + ", not " + Faults.quoted(name));
            return ImageFormat.PNG;
        });
    }

    private boolean missing(String field) {
        return !input.hasNonNull(field);
    }

    private @Nullable String text(String field) {
        if (missing(field)) {
            return null;
        }
        if (!input.get(field).isTextual()) {
            faults.add(field, "must be a text, not " + shortened(field));
            return null;
        }
        return input.get(field).asText();
    }

    /** A whole number in its range. It is compared before it becomes an int, where 2³² + 4 would be 4. */
    private Optional<Integer> count(String field, int least, int most) {
        Optional<Long> value = wholeNumber(field);
        faults.range(field, value.orElse(null), least, most);
        return value.filter(number -> number >= least && number <= most).map(Long::intValue);
    }

    private Optional<Long> wholeNumber(String field) {
        if (missing(field)) {
            return Optional.empty();
        }
        JsonNode value = input.get(field);
        boolean whole = value.isNumber() && value.canConvertToExactIntegral() && value.canConvertToLong();
        faults.check(whole, field, "must be a whole number, not " + shortened(field));
        return whole ? Optional.of(value.longValue()) : Optional.empty();
    }

    private @Nullable Double number(String field) {
        if (missing(field)) {
            return null;
        }
        JsonNode value = input.get(field);
        boolean number = value.isNumber() && Double.isFinite(value.doubleValue());
        faults.check(number, field, "must be a number, not " + shortened(field));
        return number ? value.doubleValue() : null;
    }

    private String shortened(String field) {
        return Faults.quoted(input.get(field));
    }
}
