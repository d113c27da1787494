package dev.darkroom.animation;

import dev.darkroom.animation.curve.Curve;
import dev.darkroom.animation.curve.Span;
import dev.darkroom.animation.deforum.DeforumNames;
import dev.darkroom.animation.deforum.DeforumSetting;
import dev.darkroom.animation.deforum.DeforumSetting.Kind;
import dev.darkroom.animation.deforum.DeforumSetting.Use;
import dev.darkroom.job.AnimationSettings;
import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an animation, each from the first of these that has one: the job; its preset; {@link Preset#STEADY}; Deforum. All are
 * asked for by the names of {@link DeforumNames}; messages name them as the job spells them.
 */
final class Settings {
    private final Map<String, Stated> stated;
    private final Map<String, String> preset;
    private final boolean isClassic;

    private Settings(Map<String, Stated> stated, Map<String, String> preset, boolean isClassic) {
        this.stated = stated;
        this.preset = preset;
        this.isClassic = isClassic;
    }

    /** A setting that the job states. */
    private record Stated(DeforumSetting setting, String key, String value) {
        /** True if only the classic notebook spells it so. */
        boolean isClassic() {
            return !key.equals(setting.webui());
        }

        boolean isAsUsual() {
            return value.isBlank() || isSame(setting.webuiDefault()) || isSame(setting.classicDefault());
        }

        private boolean isSame(@Nullable String usual) {
            return usual != null && plain(usual).equals(plain(value));
        }

        private static String plain(String text) {
            String plain = text.replaceAll("[\\s()'\"]", "").toLowerCase(Locale.ROOT);
            return plain.matches("-?[0-9]+\\.0+") ? plain.substring(0, plain.indexOf('.')) : plain;
        }
    }

    /**
     * Reads a job's settings.
     *
     * @throws JobException that lists the keys which Deforum does not have
     */
    static Settings of(AnimationSettings asked) {
        var faults = new Faults();
        Map<String, Stated> stated = new LinkedHashMap<>();
        asked.deforum()
                .forEach((key, value) -> DeforumNames.find(key)
                        .ifPresentOrElse(
                                setting -> {
                                    faults.check(
                                            setting.kind() != Kind.PROMPTS,
                                            key,
                                            "must be texts by frames, as in {\"0\": \"…\"}");
                                    stated.put(setting.name(), new Stated(setting, key, value));
                                },
                                () -> faults.add(Faults.quoted(key), "is no setting of Deforum's")));
        Map<String, String> preset = faults.gather(() -> preset(asked)).orElse(Map.of());
        faults.refuse();
        boolean isClassic = stated.values().stream().anyMatch(Stated::isClassic);
        return new Settings(stated, preset, isClassic);
    }

    private static Map<String, String> preset(AnimationSettings asked) {
        return asked.preset() == null ? Map.of() : Preset.called(asked.preset()).settings();
    }

    /** True if the file is one of the classic notebook, by its keys. */
    boolean isClassic() {
        return isClassic;
    }

    /** True if the job itself states the setting, and something for it. */
    boolean isStated(String name) {
        Stated own = stated.get(name);
        return own != null && !own.value().isBlank();
    }

    /** How the job spells the setting. */
    String key(String name) {
        Stated own = stated.get(name);
        return own == null ? name : own.key();
    }

    /** The value as text. */
    String text(String name) {
        Stated own = stated.get(name);
        if (own != null && !own.value().isBlank()) {
            return own.value().strip();
        }
        return Optional.ofNullable(preset.get(name))
                .or(() -> Optional.ofNullable(Preset.STEADY.get(name)))
                .orElseGet(() -> usual(name));
    }

    private String usual(String name) {
        DeforumSetting setting = DeforumNames.ALL.stream()
                .filter(other -> other.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name));
        String classic = isClassic ? setting.classicDefault() : null;
        return Optional.ofNullable(classic)
                .or(() -> Optional.ofNullable(setting.webuiDefault()))
                .orElse("");
    }

    /** True for {@code true}, {@code 1} and their like. */
    boolean flag(String name) {
        String text = text(name).toLowerCase(Locale.ROOT);
        return switch (text) {
            case "true", "1", "1.0", "yes", "on" -> true;
            case "false", "0", "0.0", "no", "off", "none", "" -> false;
            default -> throw JobException.badInput(key(name) + ": must be true or false, not " + Faults.quoted(text));
        };
    }

    /** A whole number of a range. */
    int whole(String name, int least, int most) {
        double value = number(name, least, most);
        if (value != Math.rint(value)) {
            throw JobException.badInput(key(name) + ": must be a whole number, not " + Faults.quoted(text(name)));
        }
        return (int) value;
    }

    /** A number of a range. */
    double number(String name, double least, double most) {
        double value;
        try {
            value = Double.parseDouble(text(name));
        } catch (NumberFormatException e) {
            throw JobException.badInput(key(name) + ": must be a number, not " + Faults.quoted(text(name)));
        }
        new Faults().range(key(name), value, least, most).refuse();
        return value;
    }

    /** One of an enumeration's values, by its name in any case, with blanks between words. */
    <T extends Enum<T>> T choice(String name, Class<T> type) {
        T[] all = type.getEnumConstants();
        List<String> words = new ArrayList<>();
        for (T value : all) {
            String word = value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            if (word.equals(text(name).toLowerCase(Locale.ROOT))) {
                return value;
            }
            words.add(word);
        }
        throw JobException.badInput(
                key(name) + ": must be one of " + String.join(", ", words) + ", not " + Faults.quoted(text(name)));
    }

    /** The values of a schedule for all frames; a plain number holds for all of them. */
    double[] curve(String name, Span span) {
        String text = text(name);
        boolean isNumber = text.matches("[-+]?[0-9]*\\.?[0-9]+");
        return Curve.parse(key(name), isNumber ? "0:(" + text + ")" : text, span)
                .values();
    }

    /**
     * The values of a schedule for all frames, which are all within a range.
     *
     * @throws JobException that names the setting, the range and the frame
     */
    double[] curve(String name, Span span, double least, double most) {
        double[] values = curve(name, span);
        for (int frame = 0; frame < values.length; frame++) {
            if (!(values[frame] >= least && values[frame] <= most)) {
                new Faults()
                        .range(key(name) + ", in frame " + frame, values[frame], least, most)
                        .refuse();
            }
        }
        return values;
    }

    /** Notes a fault of every schedule that the job states, used or not. */
    void checkCurves(Span span, Faults faults) {
        stated.values().stream()
                .filter(own ->
                        own.setting().kind() == Kind.SCHEDULE && own.setting().use() == Use.MEANT)
                .filter(own -> !own.value().isBlank())
                .forEach(own -> faults.unless(() -> curve(own.setting().name(), span)));
    }

    /** Settings that are not as usual, would change the pictures, and cannot here. */
    List<String> withoutEffect() {
        return stated.values().stream()
                .filter(own -> own.setting().use() == Use.TOLD && !own.isAsUsual())
                .map(Stated::key)
                .toList();
    }

    /** True if the job states the setting, and something else for it than Deforum's default. */
    boolean isUnusual(String name) {
        Stated own = stated.get(name);
        return own != null && !own.isAsUsual();
    }
}
