package dev.darkroom.animation.curve;

import dev.darkroom.animation.curve.Value.Kind;
import dev.darkroom.animation.curve.Value.Real;
import dev.darkroom.animation.curve.Value.Whole;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;

/**
 * A function that expressions may call, by its name in lower case. All give real numbers but {@code where(condition, a, b)}, which gives
 * what its choices are, and {@code abs}, which leaves whole numbers whole.
 *
 * <p>Source: numexpr 2.10, {@code expressions.py}, without those for complex numbers, texts and whole arrays.
 */
enum NamedFunction {
    SIN(Math::sin),
    COS(Math::cos),
    TAN(Math::tan),
    ARCSIN(Math::asin),
    ARCCOS(Math::acos),
    ARCTAN(Math::atan),
    ARCTAN2(Math::atan2),
    SINH(Math::sinh),
    COSH(Math::cosh),
    TANH(Math::tanh),
    ARCSINH(NamedFunction::arcsinh),
    ARCCOSH(NamedFunction::arccosh),
    ARCTANH(x -> 0.5 * Math.log1p(2 * x / (1 - x))),
    LOG(Math::log),
    LOG10(Math::log10),
    LOG1P(Math::log1p),
    EXP(Math::exp),
    EXPM1(Math::expm1),
    SQRT(Math::sqrt),
    ABS(Math::abs),
    FLOOR(Math::floor),
    CEIL(Math::ceil),
    FMOD((dividend, divisor) -> dividend % divisor),
    WHERE;

    /** From here on 1 is nothing beside the square of a number. */
    private static final double LARGE = 1e8;

    private static final int ARGUMENTS_OF_WHERE = 3;

    private final int arguments;
    private final DoubleBinaryOperator real;

    NamedFunction() {
        arguments = ARGUMENTS_OF_WHERE;
        real = (x, y) -> Double.NaN;
    }

    NamedFunction(DoubleUnaryOperator of) {
        arguments = 1;
        real = (x, unused) -> of.applyAsDouble(x);
    }

    NamedFunction(DoubleBinaryOperator of) {
        arguments = 2;
        real = of;
    }

    static Optional<NamedFunction> called(String name) {
        return Arrays.stream(values())
                .filter(function -> function.word().equals(name))
                .findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(NamedFunction::word).collect(Collectors.joining(" "));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How many arguments it takes. */
    int arguments() {
        return arguments;
    }

    /** What it gives for arguments of these kinds. */
    Kind kind(List<Kind> arguments) {
        if (this == ABS) {
            return Kind.common(arguments.getFirst(), Kind.WHOLE);
        }
        if (this != WHERE) {
            return Kind.REAL;
        }
        Kind first = arguments.get(1);
        Kind second = arguments.get(2);
        return first == second ? first : Kind.common(first, second);
    }

    /** Computes it of as many arguments as it takes. */
    Value of(List<Value> values, Kind kind) {
        if (this == WHERE) {
            return values.get(values.getFirst().holds() ? 1 : 2).as(kind);
        }
        if (kind == Kind.WHOLE) {
            return new Whole(Math.abs(values.getFirst().whole()));
        }
        return new Real(
                real.applyAsDouble(values.getFirst().real(), values.getLast().real()));
    }

    private static double arcsinh(double x) {
        double size = Math.abs(x);
        double result = size > LARGE
                ? Math.log(size) + Math.log(2)
                : Math.log1p(size + size * size / (1 + Math.sqrt(size * size + 1)));
        return Math.copySign(result, x);
    }

    private static double arccosh(double x) {
        double more = x - 1; // negative below the least argument, whose root is not a number
        return x > LARGE ? Math.log(x) + Math.log(2) : Math.log1p(more + Math.sqrt(more * (x + 1)));
    }
}
