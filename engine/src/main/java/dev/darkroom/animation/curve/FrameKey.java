package dev.darkroom.animation.curve;

import java.util.Set;
import java.util.regex.Pattern;

/** The key of a schedule or of prompts: a frame, as a whole number or an expression of {@code max_f} and {@code s}, in quotation marks or not. */
public final class FrameKey {
    private static final Pattern WHOLE = Pattern.compile("['\"(]*+([+-]?+[0-9]++)['\")]*");
    private static final Pattern QUOTED = Pattern.compile("['\"]?(.*?)['\"]?", Pattern.DOTALL);
    private static final Set<Variable> VARIABLES = Set.of(Variable.LAST_FRAME, Variable.SEED);

    private FrameKey() {}

    /**
     * Reads a key. It may be a frame that the animation does not have.
     *
     * @param column of the key's first character
     * @throws ExpressionException if it is no frame
     */
    public static int parse(String text, int column, Span span) throws ExpressionException {
        var number = WHOLE.matcher(text);
        var quoted = QUOTED.matcher(text);
        if (!quoted.matches()) {
            throw new IllegalStateException(text);
        }
        Value value = number.matches()
                ? Expression.parse(number.group(1), column + number.start(1), VARIABLES)
                        .at(new Moment(0, span))
                : Expression.parse(quoted.group(1), column + quoted.start(1), VARIABLES)
                        .at(new Moment(0, span));
        return frame(value, text, column);
    }

    private static int frame(Value value, String text, int column) throws ExpressionException {
        double frame = value.real();
        if (frame < Integer.MIN_VALUE || frame > Integer.MAX_VALUE || Double.isNaN(frame)) {
            throw new ExpressionException(column, "a frame has at most 31 bits, and is not " + value);
        }
        if (text.matches("['\"(]*[+-]?[0-9]*\\.[0-9]+['\")]*")) {
            throw new ExpressionException(column, "a frame is a whole number");
        }
        return (int) frame;
    }
}
