package dev.darkroom.animation.prompt;

import dev.darkroom.animation.curve.ExpressionException;
import dev.darkroom.animation.curve.FrameKey;
import dev.darkroom.animation.curve.Moment;
import dev.darkroom.animation.curve.Span;
import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Texts by the frames from which they hold; the first holds before its frame too.
 *
 * @param texts at least one
 */
record PromptTrack(NavigableMap<Integer, PromptTemplate> texts) {
    private static final int MOST = 1000;
    private static final int LONGEST_TEXT = 10_000;
    private static final int LONGEST_KEY = 30;

    /**
     * Reads the texts; of two for one frame the last one counts.
     *
     * @throws JobException with {@link JobException.Code#BAD_INPUT} that names the setting, the key and the column
     */
    static PromptTrack parse(String field, Map<String, String> texts, Span span) {
        if (texts.isEmpty() || texts.size() > MOST) {
            throw JobException.badInput(
                    field + ": 1 to " + MOST + " frames have a text, as in {\"0\": \"…\"}, not " + texts.size());
        }
        NavigableMap<Integer, PromptTemplate> templates = new TreeMap<>();
        texts.forEach((key, text) -> {
            String place = field + ": key " + Faults.quoted(key.strip(), LONGEST_KEY) + ", ";
            templates.put(frame(place, key.strip(), span), template(place, text));
        });
        return new PromptTrack(templates);
    }

    private static int frame(String place, String key, Span span) {
        try {
            int frame = FrameKey.parse(key, 1, span);
            if (frame < 0) {
                throw JobException.badInput(place + "frame " + frame + ": frames begin at 0");
            }
            return frame;
        } catch (ExpressionException e) {
            throw JobException.badInput(place + "column " + e.column() + " of the key: " + e.getMessage());
        }
    }

    private static PromptTemplate template(String place, String text) {
        if (text.length() > LONGEST_TEXT) {
            throw JobException.badInput(
                    place + "a text has at most " + LONGEST_TEXT + " characters, not " + text.length());
        }
        try {
            return PromptTemplate.parse(place, text);
        } catch (ExpressionException e) {
            throw JobException.badInput(place + "column " + e.column() + " of the text: " + e.getMessage());
        }
    }

    /** The frame from which the text of this one holds; the first one with a text for those before it. */
    int from(int frame) {
        Integer from = texts.floorKey(frame);
        return from == null ? texts.firstKey() : from;
    }

    /** The text that holds from a frame on, as it is in another. */
    String text(int from, Moment moment) {
        PromptTemplate template = texts.get(from);
        return template == null ? "" : template.at(moment);
    }
}
