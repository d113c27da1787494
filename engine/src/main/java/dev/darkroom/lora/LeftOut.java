package dev.darkroom.lora;

import dev.darkroom.job.Faults;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Tensors of a LoRA file that are not applied, by what they are, in words for the caller. */
final class LeftOut {
    private static final Pattern DIFFERENCE = Pattern.compile(".*\\.(diff|diff_b|set_weight)");

    private final Map<Reason, List<String>> tensors = new EnumMap<>(Reason.class);

    /** Why a tensor is not applied. */
    enum Reason {
        FITS_NOTHING("fit nothing in this model and were left out"),
        MAGNITUDE_OF_KOHYA(
                "are a DoRA's dora_scale and were left out, as diffusers does: the rest is applied as a LoRA"),
        DIFFERENCE("change whole weights or biases and were left out, as diffusers does"),
        NO_BIAS("were left out, as its metadata does not say lora_bias"),
        NO_DORA("were left out, as its metadata does not say use_dora");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    /** Adds a tensor that nothing else was found for. */
    void add(String tensor) {
        Reason reason = tensor.endsWith(".dora_scale")
                ? Reason.MAGNITUDE_OF_KOHYA
                : isDifference(tensor) ? Reason.DIFFERENCE : Reason.FITS_NOTHING;
        add(tensor, reason);
    }

    void add(String tensor, Reason reason) {
        tensors.computeIfAbsent(reason, key -> new ArrayList<>()).add(tensor);
    }

    /** Returns true for a tensor that is added to, or stands for, a whole weight or bias. */
    static boolean isDifference(String tensor) {
        return DIFFERENCE.matcher(tensor).matches();
    }

    /** A note for each reason that there is. */
    List<String> notes(int all) {
        return tensors.entrySet().stream()
                .map(left -> left.getValue().size() + " of " + all + " tensors " + left.getKey().words + ": "
                        + Faults.quoted(left.getValue()))
                .toList();
    }
}
