package dev.darkroom.animation.curve;

import dev.darkroom.animation.curve.Value.Kind;
import dev.darkroom.animation.curve.Value.Real;
import dev.darkroom.animation.curve.Value.Truth;
import dev.darkroom.animation.curve.Value.Whole;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What stands between two values. Whole numbers stay whole but for {@code /}; {@code %} has the sign of the divisor, and is 0 for the
 * whole divisor 0. A whole number to a negative whole power is cut to a whole number, as numexpr has it: {@code 2**(-t)} is 0 from frame 1
 * on, {@code 2.0**(-t)} is not.
 *
 * <p>Source: numexpr, {@code expressions.py} and {@code interp_body.cpp}; levels as in Python, whose grammar it uses.
 */
enum Operator {
    LESS_OR_EQUAL("<=", 1),
    LESS("<", 1),
    GREATER_OR_EQUAL(">=", 1),
    GREATER(">", 1),
    EQUAL("==", 1),
    NOT_EQUAL("!=", 1),
    OR("|", 2),
    AND("&", 3),
    SHIFT_LEFT("<<", 4),
    SHIFT_RIGHT(">>", 4),
    PLUS("+", 5, Long::sum, Double::sum),
    MINUS("-", 5, (a, b) -> a - b, (a, b) -> a - b),
    TIMES("*", 6, (a, b) -> a * b, (a, b) -> a * b),
    OVER("/", 6),
    MODULO("%", 6, (a, b) -> b == 0 ? 0 : Math.floorMod(a, b), (a, b) -> a - Math.floor(a / b) * b),
    POWER("**", 8, Operator::power, Math::pow);

    private static final int NOT_COMPARABLE = 2;

    private final String symbol;
    private final int level;
    private final @Nullable LongBinaryOperator whole;
    private final @Nullable DoubleBinaryOperator real;

    Operator(String symbol, int level) {
        this(symbol, level, null, null);
    }

    Operator(String symbol, int level, @Nullable LongBinaryOperator whole, @Nullable DoubleBinaryOperator real) {
        this.symbol = symbol;
        this.level = level;
        this.whole = whole;
        this.real = real;
    }

    String symbol() {
        return symbol;
    }

    /** How strongly it binds. */
    int level() {
        return level;
    }

    boolean isComparison() {
        return level == 1;
    }

    /** What it makes of two kinds; null if it takes no such values. */
    @Nullable
    Kind kind(Kind left, Kind right) {
        return switch (this) {
            case LESS_OR_EQUAL, LESS, GREATER_OR_EQUAL, GREATER, EQUAL, NOT_EQUAL -> Kind.TRUTH;
            case OR, AND -> left == Kind.TRUTH && right == Kind.TRUTH ? Kind.TRUTH : null;
            case SHIFT_LEFT, SHIFT_RIGHT -> left == Kind.REAL || right == Kind.REAL ? null : Kind.WHOLE;
            case OVER -> Kind.REAL;
            case PLUS, MINUS, TIMES, MODULO, POWER -> Kind.common(left, right);
        };
    }

    /** Computes it of two values of kinds that it takes. */
    Value of(Value left, Value right) {
        return switch (this) {
            case OR -> new Truth(left.holds() | right.holds());
            case AND -> new Truth(left.holds() & right.holds());
            case SHIFT_LEFT -> new Whole(shiftable(right) ? left.whole() << right.whole() : 0);
            case SHIFT_RIGHT -> new Whole(left.whole() >> (shiftable(right) ? right.whole() : Long.SIZE - 1));
            case OVER -> new Real(left.real() / right.real());
            case PLUS, MINUS, TIMES, MODULO, POWER -> number(left, right);
            case LESS_OR_EQUAL, LESS, GREATER_OR_EQUAL, GREATER, EQUAL, NOT_EQUAL -> new Truth(compare(left, right));
        };
    }

    /** What Python makes of two constants before numexpr sees them: other results for negative powers and for remainders of real numbers. */
    Value ofConstants(Value left, Value right) {
        if (this == POWER && right.real() < 0) {
            return new Real(Math.pow(left.real(), right.real()));
        }
        boolean isReal = Kind.common(left.kind(), right.kind()) == Kind.REAL;
        return this == MODULO && isReal ? new Real(remainder(left.real(), right.real())) : of(left, right);
    }

    private static double remainder(double dividend, double divisor) {
        double exact = dividend % divisor;
        return exact != 0 && exact < 0 != divisor < 0 ? exact + divisor : exact;
    }

    private Value number(Value left, Value right) {
        if (whole == null || real == null) {
            throw new IllegalStateException(symbol);
        }
        return Kind.common(left.kind(), right.kind()) == Kind.WHOLE
                ? new Whole(whole.applyAsLong(left.whole(), right.whole()))
                : new Real(real.applyAsDouble(left.real(), right.real()));
    }

    private boolean compare(Value left, Value right) {
        double a = left.real();
        double b = right.real();
        int order = Kind.common(left.kind(), right.kind()) == Kind.WHOLE
                ? Long.compare(left.whole(), right.whole())
                : a < b ? -1 : a > b ? 1 : a == b ? 0 : NOT_COMPARABLE;
        return switch (this) {
            case LESS_OR_EQUAL -> order <= 0;
            case LESS -> order < 0;
            case GREATER_OR_EQUAL -> order == 0 || order == 1;
            case GREATER -> order == 1;
            case EQUAL -> order == 0;
            default -> order != 0;
        };
    }

    private static boolean shiftable(Value by) {
        return by.whole() >= 0 && by.whole() < Long.SIZE;
    }

    private static long power(long base, long exponent) {
        if (exponent < 0) {
            return base == 0 ? 0 : 1 / base;
        }
        long power = 1;
        long square = base;
        for (long left = exponent; left > 0; left >>= 1) {
            power *= (left & 1) == 1 ? square : 1;
            square *= square;
        }
        return power;
    }
}
