package dev.darkroom.animation.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The language of numexpr, at t = 7, max_f = 11, s = 42. */
class ExpressionTest {
    private static final Moment MOMENT = new Moment(7, new Span(12, 42));

    private static Value value(String text) throws ExpressionException {
        return Expression.parse(text, 1, EnumSet.allOf(Variable.class)).at(MOMENT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sin(1)|0.8414709848078965",
                "cos(1)|0.5403023058681398",
                "tan(1)|1.5574077246549023",
                "arcsin(0.5)|0.5235987755982989",
                "arccos(0.5)|1.0471975511965979",
                "arctan(2)|1.1071487177940904",
                "arctan2(1, -2)|2.677945044588987",
                "sinh(1)|1.1752011936438014",
                "cosh(1)|1.5430806348152437",
                "tanh(1)|0.7615941559557649",
                "arcsinh(-2)|-1.4436354751788103",
                "arcsinh(1e-9)|1e-9",
                "arcsinh(1e200)|461.2101657793691",
                "arccosh(3)|1.762747174039086",
                "arccosh(1e200)|461.2101657793691",
                "arctanh(0.5)|0.5493061443340548",
                "log(10)|2.302585092994046",
                "log10(1000)|3",
                "log1p(1e-9)|9.999999995e-10",
                "exp(2)|7.38905609893065",
                "expm1(1e-9)|1.0000000005e-9",
                "sqrt(2)|1.4142135623730951",
                "abs(-3)|3",
                "floor(-2.5)|-3",
                "ceil(-2.5)|-2",
                "fmod(-7, 3)|-1",
                "fmod(7, -3)|1",
                "where(t > 5, 10, 20)|10",
                "where(t < 5, 10, 20.5)|20.5",
            })
    void functions(String text, double expected) throws ExpressionException {
        assertThat(value(text).real()).isCloseTo(expected, within(Math.abs(expected) * 1e-14));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "t;7",
                "max_f - t;4",
                "s;42",
                "1 + 2 * 3;7",
                "(1 + 2) * 3;9",
                "10 - 3 - 2;5",
                "t / 2;3.5",
                "6 / 3;2.0",
                "1e3;1000.0",
                ".5 + 1.;1.5",
                "-t % 3;2",
                "t % -3;-2",
                "-7.5 % 2;0.5",
                "7.5 % -2;-0.5",
                "t % 0;0",
                "abs(t - 9);2",
                "abs(t - 9.);2.0",
                "0.5 % 0.1;0.09999999999999998",
                "-0.5 % 2.0;1.5",
                "2 ** 3 ** 2;512",
                "-2 ** 2;-4",
                "2 ** -1;0.5",
                "2 ** -t;0",
                "2.0 ** -t;0.0078125",
                "t ** 0.5;2.6457513110645907",
                "t ** 2;49",
                "t << 2;28",
                "-t >> 1;-4",
                "1 << 64;0",
                "1 + t << 1;16",
                "- - t;7",
                "+t;7",
                "t > 5;True",
                "t >= 7;True",
                "t < 7;False",
                "t <= 6;False",
                "t == 7;True",
                "t != 7;False",
                "(t > 5) * 2;2",
                "(t > 5) + (t > 6);2",
                "-(t > 5);-1",
                "(t > 5) / 2;0.5",
                "(t > 5) & (t > 9);False",
                "(t > 5) | (t > 9);True",
                "~(t > 5);False",
                "~(t > 5) | True;True",
                "where((t > 5) & (t < 9), t, 0) + 1;8",
                "where(False, 1, 2.);2.0",
                "1e16;1e+16",
                "1.25e-7;1.25e-07",
                "0.0001;0.0001",
                "123456789.5;123456789.5",
                "-0.0;-0.0",
            })
    void valuesAndTheirKinds(String text, String expected) throws ExpressionException {
        assertThat(value(text)).hasToString(expected);
    }

    @Test
    void whatHasNoValueIsNoError() throws ExpressionException {
        assertThat(value("log(-1)").real()).isNaN();
        assertThat(value("arccosh(0.5)").real()).isNaN();
        assertThat(value("arctanh(2)").real()).isNaN();
        assertThat(value("1 / 0").real()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(value("sqrt(-1) > 0")).hasToString("False");
        assertThat(value("sqrt(-1) != 0")).hasToString("True");
        assertThat(value("0 ** -t")).hasToString("0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|1|ends where a number, t, a function or ( is expected",
                "1 +|4|ends where a number",
                "t // 2|4|// is not understood: use floor(a / b)",
                "t ^ 2|3|^ is not understood: a power is **",
                "(t > 1) && (t < 3)|10|&& is not understood: use &",
                "1 if t else 2|3|\"i\" where an operator is expected",
                "not t|1|\"not\" is not understood",
                "pi|1|unknown name \"pi\": known are t, max_f, s",
                "2 * e|5|unknown name \"e\"",
                "round(t)|1|unknown function \"round\"",
                "sin(t|6|ends where an operator or ) is expected",
                "sin(1, 2)|1|sin takes 1 arguments, not 2",
                "sin()|5|\")\" where a number",
                "where(t, 1)|1|where takes 3 arguments, not 2",
                "1 < t < 3|7|comparisons do not chain",
                "~t|1|~ is for comparisons",
                "t & 1|3|& is for comparisons",
                "1.5 << 2|5|<< is for whole numbers",
                "99999999999999999999|1|a whole number is at most",
                "2t|2|\"t\" where an operator is expected",
                "t.real|2|\".\" where an operator is expected",
                "t = 3|3|\"=\" where an operator",
                "t, 3|2|\",\" where an operator",
                "__import__('os')|1|unknown function \"__import__\"",
                "٣|1|\"٣\" where a number",
            })
    void errorsNameTheirColumn(String text, int column, String message) {
        assertThatThrownBy(() -> value(text))
                .isInstanceOfSatisfying(
                        ExpressionException.class,
                        e -> assertThat(e.column()).as(e.getMessage()).isEqualTo(column))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "-", "sin(", "2**", "~", "where("})
    void depthIsBounded(String opening) {
        assertThatThrownBy(() -> value(opening.repeat(300))).hasMessageContaining("at most 100 deep");
    }

    @Test
    void lengthIsBounded() throws ExpressionException {
        assertThat(value("t" + "+t".repeat(999))).hasToString("7000");
        assertThatThrownBy(() -> value("t" + "+t".repeat(1000)))
                .hasMessageContaining("at most 2000 characters, not 2001");
    }
}
