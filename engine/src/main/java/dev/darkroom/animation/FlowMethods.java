package dev.darkroom.animation;

import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import java.util.List;

/** The names of Deforum's methods for optical flow. All are understood, and mean the one that is here. */
final class FlowMethods {
    /** As many times as far as things have moved, at most. */
    static final double FARTHEST = 100;

    private static final List<String> NAMES = List.of("RAFT", "DIS Medium", "DIS Fine", "Farneback");

    private FlowMethods() {}

    /**
     * Reads a setting that names a method, or {@code None}.
     *
     * @return true if there is to be a flow
     * @throws JobException that names the setting and the names
     */
    static boolean isOn(Settings settings, String setting) {
        String text = settings.text(setting);
        if (text.equalsIgnoreCase("None") || text.isEmpty()) {
            return false;
        }
        if (NAMES.stream().noneMatch(text::equalsIgnoreCase)) {
            throw JobException.badInput(settings.key(setting) + ": must be None, " + String.join(", ", NAMES) + ", not "
                    + Faults.quoted(text));
        }
        return true;
    }

    /** Tells that another method is taken than the one that a setting names. */
    static void tell(Settings settings, String setting, PlanNotes notes) {
        notes.add(settings.key(setting) + ": optical flow is found by one method here, whichever is named");
    }
}
