package dev.darkroom.animation.deforum;

import dev.darkroom.animation.deforum.DeforumSetting.Kind;
import dev.darkroom.animation.deforum.DeforumSetting.Use;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every key of Deforum's settings files, in the spelling of the webui extension and of the classic notebook.
 *
 * <p>Sources: deforum-art/sd-webui-deforum at 3224268, {@code args.py} and {@code deprecation_utils.py}; XLabs-AI/deforum-x-flux at b1cd948,
 * {@code run.py}.
 */
public final class DeforumNames {
    /** All settings, those of ControlNet's units aside. */
    public static final List<DeforumSetting> ALL = Stream.of(
                    MotionNames.ALL, FrameNames.ALL, SourceNames.ALL, OutputNames.ALL)
            .flatMap(List::stream)
            .toList();

    private static final Map<String, DeforumSetting> BY_KEY = byKey();

    private DeforumNames() {}

    /** The setting with a key in either spelling; of ControlNet's units, all alike, the one that turns a unit on says something. */
    public static Optional<DeforumSetting> find(String key) {
        if (!key.matches("cn_[0-9]+_[a-z_]+")) {
            return Optional.ofNullable(BY_KEY.get(key));
        }
        return Optional.of(
                key.endsWith("_enabled")
                        ? DeforumSetting.of(Kind.FLAG, key, "false", null).used(Use.TOLD)
                        : DeforumSetting.of(Kind.TEXT, key, "", null).used(Use.IDLE));
    }

    private static Map<String, DeforumSetting> byKey() {
        Map<String, DeforumSetting> settings = new HashMap<>();
        for (DeforumSetting setting : ALL) {
            for (String key : setting.keys()) {
                if (settings.put(key, setting) != null) {
                    throw new IllegalStateException("two settings have the key " + key);
                }
            }
        }
        return settings;
    }
}
