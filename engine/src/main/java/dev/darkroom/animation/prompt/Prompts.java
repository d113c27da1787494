package dev.darkroom.animation.prompt;

import dev.darkroom.animation.curve.Moment;
import dev.darkroom.animation.curve.Span;
import dev.darkroom.job.JobException;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The prompts of an animation by frames. A text holds until the next, and may name what a picture shall not show behind {@code --neg}.
 *
 * <p>Both spellings of Deforum: texts with {@code --neg} and words that all of them share (webui extension), and texts of what not to show
 * by frames of their own (classic notebook). Weights of words, as in {@code (cat:1.2)}, stay in the text. Source:
 * deforum-art/sd-webui-deforum, {@code prompt.py}.
 */
public final class Prompts {
    private static final String NEGATIVE = "--neg";

    private final PromptTrack texts;
    private final @Nullable PromptTrack negatives;
    private final String shared;
    private final String sharedNegative;
    private final Span span;

    private Prompts(
            PromptTrack texts, @Nullable PromptTrack negatives, String shared, String sharedNegative, Span span) {
        this.texts = texts;
        this.negatives = negatives;
        this.shared = shared;
        this.sharedNegative = sharedNegative;
        this.span = span;
    }

    /**
     * Reads texts by frames, such as {@code "0"} or {@code "max_f-10"}.
     *
     * @param field the setting's name, for messages
     * @throws JobException with {@link JobException.Code#BAD_INPUT} that names the setting, the key and the column, or a formula without
     *     a finite value in a frame that it is for
     */
    public static Prompts parse(String field, Map<String, String> texts, Span span) {
        return checked(new Prompts(PromptTrack.parse(field, texts, span), null, "", "", span));
    }

    /** These prompts with texts of what not to show, by frames of their own. */
    public Prompts withNegatives(String field, Map<String, String> negatives) {
        return checked(new Prompts(texts, PromptTrack.parse(field, negatives, span), shared, sharedNegative, span));
    }

    /** These prompts with words before all texts, and others that none of the pictures shall show. */
    public Prompts withShared(String before, String negative) {
        return new Prompts(
                texts, negatives, before.strip(), negative.replace(NEGATIVE, "").strip(), span);
    }

    /** A formula without a value is told before anything is drawn. */
    private static Prompts checked(Prompts prompts) {
        for (int frame = 0; frame < prompts.span.frames(); frame++) {
            prompts.at(frame);
        }
        return prompts;
    }

    /** What a frame shows. */
    public PromptAt at(int frame) {
        return prompt(texts.from(frame), frame);
    }

    /** What a frame shows if each text turns into the next, evenly with the frames; formulas have their results in this frame. */
    public Blend blendAt(int frame) {
        int from = texts.from(frame);
        Integer to = texts.texts().higherKey(from);
        if (to == null || frame <= from) {
            return Blend.of(prompt(from, frame));
        }
        double step = 1.0 / (to - from);
        return new Blend(prompt(from, frame), prompt(to, frame), step * (frame - from));
    }

    private PromptAt prompt(int from, int frame) {
        var moment = new Moment(frame, span);
        String text = texts.text(from, moment);
        int cut = text.indexOf(NEGATIVE);
        String positive = cut < 0 ? text : text.substring(0, cut);
        String own = cut < 0 ? "" : text.substring(cut).replace(NEGATIVE, "");
        String beside = negatives == null ? "" : negatives.text(negatives.from(frame), moment);
        return new PromptAt(joined(shared, positive), joined(own, beside, sharedNegative));
    }

    private static String joined(String... parts) {
        return Stream.of(parts)
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
    }
}
