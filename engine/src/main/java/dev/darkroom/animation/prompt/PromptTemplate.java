package dev.darkroom.animation.prompt;

import dev.darkroom.animation.curve.Expression;
import dev.darkroom.animation.curve.ExpressionException;
import dev.darkroom.animation.curve.Moment;
import dev.darkroom.animation.curve.Value;
import dev.darkroom.animation.curve.Variable;
import dev.darkroom.job.JobException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A prompt with formulas in back-ticks, of which each frame has the results: {@code (cat:`0.5+t/100`)}. A back-tick without a second one in
 * its line is itself.
 *
 * @param place setting and key, for messages
 */
record PromptTemplate(String place, List<Part> parts) {
    private static final Pattern FORMULA = Pattern.compile("`([^`\n]*)`");

    /** Words, or a formula. */
    private sealed interface Part {
        record Words(String text) implements Part {}

        record Formula(Expression expression) implements Part {}
    }

    PromptTemplate {
        parts = List.copyOf(parts);
    }

    /** @throws ExpressionException if what stands in back-ticks is no expression */
    static PromptTemplate parse(String place, String text) throws ExpressionException {
        List<Part> parts = new ArrayList<>();
        Matcher formula = FORMULA.matcher(text);
        int end = 0;
        while (formula.find()) {
            parts.add(new Part.Words(text.substring(end, formula.start())));
            parts.add(new Part.Formula(
                    Expression.parse(formula.group(1), formula.start(1) + 1, EnumSet.allOf(Variable.class))));
            end = formula.end();
        }
        parts.add(new Part.Words(text.substring(end)));
        return new PromptTemplate(place, parts);
    }

    /**
     * The text of a frame.
     *
     * @throws JobException if a formula has no finite value there
     */
    String at(Moment moment) {
        var text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Words(String words) -> text.append(words);
                case Part.Formula(Expression expression) -> text.append(finite(expression.at(moment), moment));
            }
        }
        return text.toString();
    }

    private Value finite(Value value, Moment moment) {
        if (!Double.isFinite(value.real())) {
            throw JobException.badInput(place + "a formula has no finite value in frame " + moment.frame());
        }
        return value;
    }
}
