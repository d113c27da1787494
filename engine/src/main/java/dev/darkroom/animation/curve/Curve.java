package dev.darkroom.animation.curve;

import dev.darkroom.animation.curve.Keyframe.Fixed;
import dev.darkroom.animation.curve.Keyframe.Formula;
import dev.darkroom.job.JobException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A schedule of numbers: a value for every frame.
 *
 * <p>A plain number (sign, digits, a point with digits behind it) is where the values are at its frame; up to the next key they run evenly
 * to what they are there. Anything else is an expression, computed for each frame up to the next key: {@code 1.} and {@code ( 1 )} are,
 * and so hold until then. A frame in which an expression has no value is filled in as if it had no key. Keys outside of the animation
 * count for nothing; of two keys for one frame the last one counts; what follows a second colon is ignored.
 *
 * <p>Reads what the webui extension reads, and functions of several arguments, which only the classic notebook takes. Source:
 * deforum-art/sd-webui-deforum, {@code animation_key_frames.py}, class {@code FrameInterpolater}.
 */
public final class Curve {
    private static final Pattern NUMBER =
            Pattern.compile("['\"(]*+([+-]?+)['\"(]*+([0-9]++(?:\\.[0-9]++)?|\\.[0-9]++)['\")]*+");

    private final String field;
    private final Span span;
    private final Map<Integer, Keyframe> keys;

    private Curve(String field, Span span, Map<Integer, Keyframe> keys) {
        this.field = field;
        this.span = span;
        this.keys = keys;
    }

    /**
     * Reads a schedule.
     *
     * @param field the setting's name, for messages
     * @throws JobException with {@link JobException.Code#BAD_INPUT} that names the setting, the key and the column
     */
    public static Curve parse(String field, String text, Span span) {
        Map<Integer, Keyframe> keys = new HashMap<>();
        var schedule = new KeyedText(field, text, span);
        schedule.forEach((frame, piece) -> keys.put(frame, keyframe(piece)));
        return new Curve(field, span, keys);
    }

    private static Keyframe keyframe(Piece piece) throws ExpressionException {
        int second = piece.value().indexOf(':');
        String value = (second < 0 ? piece.value() : piece.value().substring(0, second)).strip();
        Matcher number = NUMBER.matcher(value);
        return number.matches()
                ? new Fixed(Double.parseDouble(number.group(1) + number.group(2)))
                : new Formula(Expression.parse(value, piece.valueColumn(), EnumSet.allOf(Variable.class)));
    }

    /** The values of all frames, evenly between numbers. */
    public double[] values() {
        return values(Interpolation.LINEAR);
    }

    /**
     * The values of all frames.
     *
     * @throws JobException if a value is infinite, or there is none
     */
    public double[] values(Interpolation between) {
        double[] values = new double[span.frames()];
        @Nullable Keyframe last = null;
        for (int frame = 0; frame < values.length; frame++) {
            @Nullable Keyframe key = keys.get(frame);
            last = key == null ? last : key;
            values[frame] = switch (last) {
                case null -> throw JobException.badInput(field + ": frame 0 has no value: begin with 0:(…)");
                case Fixed(double number) -> key == null ? Double.NaN : number;
                case Formula(Expression expression) ->
                    expression.at(new Moment(frame, span)).real();
            };
            if (Double.isInfinite(values[frame])) {
                throw JobException.badInput(field + ": the value of frame " + frame + " is infinite");
            }
        }
        if (Arrays.stream(values).allMatch(Double::isNaN)) {
            throw JobException.badInput(field + ": its expressions have no value in any frame");
        }
        between.fill(values, keys.size());
        return values;
    }
}
