package dev.darkroom.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many of a checkpoint's layers compute, and whether the last norm does. */
record DecoderDepth(int layers, boolean lastNorm) {
    private static final Pattern LATER =
            Pattern.compile("((language_)?model\\.)*(layers\\.(?<layer>\\d{1,6})\\..*|norm\\.weight)");

    /** The layers up to the last one whose states are taken. */
    static DecoderDepth upTo(List<Integer> after) {
        return new DecoderDepth(after.getLast(), false);
    }

    /** Tells by its name in a file if a tensor is one of a later layer, or the last norm where that is not needed. */
    boolean isIdle(String tensor) {
        Matcher name = LATER.matcher(tensor);
        return name.matches()
                && (name.group("layer") == null ? !lastNorm : Integer.parseInt(name.group("layer")) >= layers);
    }
}
