package dev.darkroom.animation.curve;

import dev.darkroom.job.JobException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A schedule of texts, such as names of samplers: each holds from its frame up to the next key's, without quotation marks and parentheses. */
public final class TextCurve {
    private TextCurve() {}

    /**
     * Reads a schedule and gives the text of every frame.
     *
     * @throws JobException with {@link JobException.Code#BAD_INPUT} that names the setting, the key and the column
     */
    public static List<String> parse(String field, String text, Span span) {
        Map<Integer, String> keys = new HashMap<>();
        new KeyedText(field, text, span)
                .forEach((frame, piece) ->
                        keys.put(frame, piece.value().replaceAll("['\"()]", "").strip()));
        List<String> texts = new ArrayList<>(span.frames());
        @Nullable String last = null;
        for (int frame = 0; frame < span.frames(); frame++) {
            last = keys.getOrDefault(frame, last);
            if (last == null) {
                throw JobException.badInput(field + ": frame 0 has no text: begin with 0:(\"…\")");
            }
            texts.add(last);
        }
        return List.copyOf(texts);
    }
}
