package dev.darkroom.animation;

import dev.darkroom.job.Faults;
import java.util.ArrayList;
import java.util.List;

/** Notes for a caller on what of the settings has no effect here, or another one. */
final class PlanNotes {
    /** What is done to the frame before, which other modes do not draw from. */
    private static final List<String> OF_CHAINED = List.of(
            "zoom",
            "angle",
            "translation_x",
            "translation_y",
            "translation_z",
            "rotation_3d_x",
            "rotation_3d_y",
            "rotation_3d_z",
            "noise_schedule",
            "contrast_schedule",
            "amount_schedule",
            "diffusion_cadence",
            "diffusion_redo",
            "optical_flow_cadence");

    private final List<String> notes = new ArrayList<>();

    void add(String note) {
        notes.add(note);
    }

    List<String> list() {
        return List.copyOf(notes);
    }

    /** Notes what follows from the settings as a whole. */
    void of(Settings settings, AnimationMode mode) {
        List<String> without = settings.withoutEffect();
        if (!without.isEmpty()) {
            add("settings without an effect here: " + Faults.quoted(without));
        }
        if (settings.isClassic() && settings.isStated("strength_schedule") && mode.isChained()) {
            add(
                    "strength_schedule: is the part of the frame before that is kept, as in the webui extension; Deforum for"
                            + " FLUX of XLabs means what is given up");
        }
        if (!mode.isChained()) {
            List<String> idle = OF_CHAINED.stream()
                    .filter(settings::isUnusual)
                    .map(settings::key)
                    .toList();
            if (!idle.isEmpty()) {
                add("settings of 2D and 3D alone, without an effect with " + mode.word() + ": " + Faults.quoted(idle));
            }
        }
        if (settings.isUnusual("legacy_colormatch")) {
            add("legacy_colormatch: frames keep their colours after they are drawn too");
        }
    }
}
