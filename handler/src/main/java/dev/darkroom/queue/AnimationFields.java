package dev.darkroom.queue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.AnimationSettings;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.PosterFrame;
import dev.darkroom.job.Size;
import dev.darkroom.job.VideoFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads what a job says of an animation: a file of Deforum's settings, and the few of them that stand beside it in the input, which go before
 * the file's. What they mean is checked by whoever draws them.
 */
final class AnimationFields {
    static final String ANIMATION = "animation";
    private static final String KEEP_ON_CANCEL = "keep_on_cancel";
    static final List<String> TYPES = List.of("image", ANIMATION);
    static final List<String> PRESETS = List.of("smooth", "creative", "cinematic", "fast_preview");
    static final List<String> MODES = List.of("2D", "3D", "Interpolation", "Video Input", "None");

    /** Settings that stand in the input under Deforum's own names. */
    private static final List<String> BESIDE = List.of(
            "max_frames",
            "animation_mode",
            "zoom",
            "angle",
            "translation_x",
            "translation_y",
            "translation_z",
            "strength_schedule",
            "noise_schedule");

    /** What only animations have. */
    private static final List<String> OWN =
            List.of("settings", "animation_prompts", "preset", "fps", "video", "poster", KEEP_ON_CANCEL);

    /** All that only animations have, and the field that asks for one. */
    static final List<String> ALL =
            Stream.of(List.of("type"), OWN, BESIDE).flatMap(List::stream).toList();

    private static final List<String> PROMPTS = List.of("prompts", "animation_prompts");
    private static final List<String> FPS = List.of("fps", "ffmpeg_fps");
    private static final List<String> NEGATIVES =
            List.of("animation_prompts_negative", "negative_prompts", "neg_prompts");
    private static final int USUAL_QUALITY = 75;

    private final FieldReader input;
    private final Faults faults;

    AnimationFields(FieldReader input, Faults faults) {
        this.input = input;
        this.faults = faults;
    }

    /** Returns true if the job is for an animation; notes fields that only such a job has. */
    boolean asked() {
        boolean asked = input.choice("type").filter(ANIMATION::equals).isPresent();
        if (!asked) {
            for (String field : OWN) {
                faults.check(!says(field), field, "is of an animation alone: send type=animation");
            }
            for (String field : BESIDE) {
                faults.check(!input.has(field), field, "is of an animation alone: send type=animation");
            }
        }
        return asked;
    }

    /** A flag that is off says as much as none. */
    private boolean says(String field) {
        return field.equals(KEEP_ON_CANCEL) ? input.flag(field).orElse(false) : input.has(field);
    }

    /** Returns true if prompts stand somewhere else than in the field for one. */
    boolean hasPrompts() {
        return Stream.concat(
                        input.sent("animation_prompts").map(FieldReader.Found::value).stream(),
                        PROMPTS.stream().map(file()::path))
                .anyMatch(prompts -> !Nothing.isObject(prompts) && !prompts.isEmpty());
    }

    /** Returns the size that the file of settings has. */
    Optional<Framing> framing() {
        JsonNode width = file().path("W");
        JsonNode height = file().path("H");
        return width.canConvertToInt() && height.canConvertToInt() && width.intValue() > 0 && height.intValue() > 0
                ? Optional.of(new Framing.Exact(new Size(width.intValue(), height.intValue())))
                : Optional.empty();
    }

    /** Returns the steps that the file of settings has. */
    Optional<Integer> steps() {
        JsonNode steps = file().path("steps");
        return steps.isInt() && steps.intValue() > 0 ? Optional.of(steps.intValue()) : Optional.empty();
    }

    private JsonNode file() {
        return input.sent("settings").map(FieldReader.Found::value).orElseGet(JobJson::object);
    }

    /** Reads the settings; faulty ones are noted. */
    Optional<AnimationSettings> settings() {
        Map<String, String> deforum = new LinkedHashMap<>();
        Map<String, String> prompts = new LinkedHashMap<>();
        Map<String, String> negatives = new LinkedHashMap<>();
        input.sent("settings")
                .ifPresent(sent -> entries(sent).forEach((key, value) -> {
                    String name = sent.name() + "." + key;
                    if (PROMPTS.contains(key) && value.isObject()) {
                        texts(name, value, prompts);
                    } else if (NEGATIVES.contains(key) && value.isObject()) {
                        texts(name, value, negatives);
                    } else {
                        put(name, key, value, deforum);
                    }
                }));
        for (String field : BESIDE) {
            input.sent(field).ifPresent(sent -> put(sent.name(), field, sent.value(), deforum));
        }
        input.sent("animation_prompts").ifPresent(sent -> {
            prompts.clear();
            texts(sent.name(), sent.value(), prompts);
        });
        if (input.has("seed")) {
            deforum.remove("seed");
        }
        VideoFormat format = input.choice("output_format")
                .map(name -> VideoFormat.parse(name).orElseGet(() -> {
                    faults.add("output_format", "must be " + VideoFormat.names() + " for an animation, not " + name);
                    return VideoFormat.MP4;
                }))
                .orElse(VideoFormat.MP4);
        Double stated = input.decimal("fps");
        double fps = stated == null ? fpsOfFile(deforum) : stated;
        int quality = input.count("output_quality").orElse(USUAL_QUALITY);
        PosterFrame poster = poster().orElse(null);
        boolean keep = input.flag(KEEP_ON_CANCEL).orElse(false);
        return faults.gather(() -> new AnimationSettings(
                deforum, prompts, negatives, input.choice("preset").orElse(null), format, fps, quality, poster, keep));
    }

    private Optional<PosterFrame> poster() {
        Optional<FieldReader.Found> sent = input.sent("poster");
        Optional<PosterFrame> poster = sent.filter(found -> found.value().isValueNode())
                .flatMap(found -> PosterFrame.parse(found.value().asText()));
        sent.ifPresent(found -> faults.check(
                poster.isPresent(),
                found.name(),
                "must be first, middle, last or the number of a frame, not " + FieldReader.shown(found.value())));
        return poster;
    }

    /** Reads the frames a second of a file, in either spelling. */
    private double fpsOfFile(Map<String, String> deforum) {
        for (String key : FPS) {
            String text = deforum.getOrDefault(key, "");
            if (!text.isBlank()) {
                try {
                    return Double.parseDouble(text);
                } catch (NumberFormatException e) {
                    faults.add("settings." + key, "must be a number, not " + Faults.quoted(text));
                }
            }
        }
        return AnimationSettings.USUAL_FPS;
    }

    private Map<String, JsonNode> entries(FieldReader.Found sent) {
        Map<String, JsonNode> entries = new LinkedHashMap<>();
        faults.check(sent.value().isObject(), sent.name(), "must be an object, not " + FieldReader.shown(sent.value()));
        sent.value().properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }

    private void texts(String name, JsonNode object, Map<String, String> into) {
        entries(new FieldReader.Found(name, object)).forEach((key, value) -> put(name + "." + key, key, value, into));
    }

    /** Nulls and lists of nothing are as good as absent. */
    private void put(String name, String key, JsonNode value, Map<String, String> into) {
        if (value.isValueNode()) {
            if (!value.isNull()) {
                into.put(key, value.asText());
            }
        } else {
            faults.check(value.isEmpty(), name, "must be a text, a number or a flag, not " + FieldReader.shown(value));
        }
    }
}
