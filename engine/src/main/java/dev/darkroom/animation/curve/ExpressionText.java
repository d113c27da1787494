package dev.darkroom.animation.curve;

import dev.darkroom.animation.curve.Value.Real;
import dev.darkroom.animation.curve.Value.Whole;
import dev.darkroom.job.Faults;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The characters of an expression, from which a parser takes numbers, names and operators; blanks between them count for nothing. */
final class ExpressionText {
    private static final char END = '\0';
    private static final Pattern NUMBER = Pattern.compile("(?:[0-9]+(\\.[0-9]*)?|(\\.[0-9]+))([eE][+-]?[0-9]+)?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*+");

    /** What people try, and what to write in its place. */
    private static final Map<String, String> INSTEAD = Map.of(
            "//", "// is not understood: use floor(a / b)",
            "^", "^ is not understood: a power is **",
            "&&", "&& is not understood: use &",
            "||", "|| is not understood: use |");

    private final String text;
    private final int column;
    private int at;

    ExpressionText(String text, int column) {
        this.text = text;
        this.column = column;
    }

    int length() {
        return text.length();
    }

    /** The next character that is no blank; zero at the end. */
    char next() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : END;
    }

    boolean isAtEnd() {
        next();
        return at == text.length();
    }

    /** The column of the next character that is no blank. */
    int column() {
        next();
        return column + at;
    }

    void skip(int characters) {
        at += characters;
    }

    boolean accept(String symbol) {
        next();
        boolean is = text.startsWith(symbol, at);
        at += is ? symbol.length() : 0;
        return is;
    }

    /** The operator that comes next, which stays; null if it is none. */
    @Nullable
    Operator operator() {
        next();
        Operator longest = null;
        for (Operator operator : Operator.values()) {
            if (text.startsWith(operator.symbol(), at)
                    && (longest == null
                            || operator.symbol().length() > longest.symbol().length())) {
                longest = operator;
            }
        }
        return longest;
    }

    boolean isNumber() {
        return matcher(NUMBER).lookingAt();
    }

    /** Takes the number that comes next: a whole one if it has neither point nor exponent. */
    Value number() throws ExpressionException {
        Matcher number = matcher(NUMBER);
        if (!number.lookingAt()) {
            throw unexpected("a number");
        }
        boolean isReal = number.group(1) != null || number.group(2) != null || number.group(3) != null;
        try {
            Value value =
                    isReal ? new Real(Double.parseDouble(number.group())) : new Whole(Long.parseLong(number.group()));
            at = number.end();
            return value;
        } catch (NumberFormatException e) {
            throw fault("a whole number is at most " + Long.MAX_VALUE + ": write a point behind a larger one");
        }
    }

    /** Takes the name that comes next. */
    String name() throws ExpressionException {
        Matcher name = matcher(NAME);
        if (!name.lookingAt()) {
            throw unexpected("a name");
        }
        at = name.end();
        return name.group();
    }

    private Matcher matcher(Pattern pattern) {
        return pattern.matcher(text).region(at, text.length());
    }

    ExpressionException unexpected(String expected) {
        if (isAtEnd()) {
            return fault("ends where " + expected + " is expected");
        }
        for (var mistake : INSTEAD.entrySet()) {
            if (text.startsWith(mistake.getKey(), at) || text.startsWith(mistake.getKey(), at - 1)) {
                return fault(mistake.getValue());
            }
        }
        String found = Faults.quoted(Character.toString(text.codePointAt(at)));
        return fault("\"" + found + "\" where " + expected + " is expected");
    }

    ExpressionException fault(String message) {
        return fault(column(), message);
    }

    ExpressionException fault(int where, String message) {
        return new ExpressionException(where, message);
    }
}
