package dev.darkroom.animation.curve;

import dev.darkroom.animation.curve.Expression.Binary;
import dev.darkroom.animation.curve.Expression.Call;
import dev.darkroom.animation.curve.Expression.Constant;
import dev.darkroom.animation.curve.Expression.Named;
import dev.darkroom.animation.curve.Expression.Negative;
import dev.darkroom.animation.curve.Expression.Not;
import dev.darkroom.animation.curve.Value.Kind;
import dev.darkroom.animation.curve.Value.Truth;
import dev.darkroom.job.Faults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads an expression by recursive descent, operators by their levels. {@code ExpressionText} below it has the characters; what is
 * constant is computed at once.
 */
final class ExpressionParser {
    private static final int LONGEST = 2000;
    private static final int DEEPEST = 100;
    private static final Moment ANY = new Moment(0, new Span(1, 0));
    private static final Set<String> WORDS_OF_PYTHON = Set.of("and", "or", "not", "if", "else", "is", "in", "lambda");

    private final ExpressionText text;
    private final Set<Variable> variables;
    private int depth;

    ExpressionParser(String text, int column, Set<Variable> variables) {
        this.text = new ExpressionText(text, column);
        this.variables = variables;
    }

    /** Reads the whole text. */
    Expression all() throws ExpressionException {
        if (text.length() > LONGEST) {
            throw text.fault("an expression has at most " + LONGEST + " characters, not " + text.length());
        }
        Expression expression = operation(1);
        if (!text.isAtEnd()) {
            throw text.unexpected("an operator");
        }
        return expression;
    }

    /** Reads operands and the operators between them that bind at least as strongly as {@code least}. */
    private Expression operation(int least) throws ExpressionException {
        Expression left = signed();
        for (Operator operator = text.operator(); operator != null && operator.level() >= least; ) {
            int column = text.column();
            text.skip(operator.symbol().length());
            left = join(operator, left, operation(operator.level() + 1), column);
            Operator next = text.operator();
            if (operator.isComparison() && next != null && next.isComparison()) {
                throw text.fault("comparisons do not chain: write (a < b) & (b < c)");
            }
            operator = next;
        }
        return left;
    }

    private Expression signed() throws ExpressionException {
        int column = text.column();
        char sign = text.next();
        if (sign != '-' && sign != '+' && sign != '~') {
            return power();
        }
        text.skip(1);
        enter();
        Expression of = signed();
        depth--;
        if (sign == '~' && of.kind() != Kind.TRUTH) {
            throw text.fault(column, "~ is for comparisons, as in ~(t > 5)");
        }
        return switch (sign) {
            case '-' -> folded(new Negative(of), of);
            case '~' -> folded(new Not(of), of);
            default -> of;
        };
    }

    private static Expression folded(Expression whole, Expression part) {
        return part instanceof Constant ? new Constant(whole.at(ANY)) : whole;
    }

    /** A power binds more strongly than a sign before it, and less than one before its exponent. */
    private Expression power() throws ExpressionException {
        Expression base = operand();
        int column = text.column();
        if (!text.accept(Operator.POWER.symbol())) {
            return base;
        }
        enter();
        Expression exponent = signed();
        depth--;
        return join(Operator.POWER, base, exponent, column);
    }

    private Expression operand() throws ExpressionException {
        char next = text.next();
        if (next == '(') {
            text.skip(1);
            return inParentheses();
        }
        if (text.isNumber()) {
            return new Constant(text.number());
        }
        return Character.isLetter(next) || next == '_' ? named() : missing();
    }

    private Expression missing() throws ExpressionException {
        throw text.unexpected("a number, t, a function or (");
    }

    private Expression inParentheses() throws ExpressionException {
        enter();
        Expression inside = operation(1);
        depth--;
        close();
        return inside;
    }

    private Expression named() throws ExpressionException {
        int column = text.column();
        String name = text.name();
        if (text.next() == '(') {
            return call(name, column);
        }
        if (name.equals("True") || name.equals("False")) {
            return new Constant(new Truth(name.equals("True")));
        }
        Optional<Variable> variable =
                variables.stream().filter(known -> known.word().equals(name)).findFirst();
        if (variable.isPresent()) {
            return new Named(variable.get());
        }
        throw text.fault(
                column,
                WORDS_OF_PYTHON.contains(name)
                        ? "\"" + name + "\" is not understood: use where(condition, a, b), & | and ~"
                        : "unknown name \"" + Faults.quoted(name) + "\": " + known());
    }

    private String known() {
        String names = Arrays.stream(Variable.values())
                .filter(variables::contains)
                .map(Variable::word)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "only numbers are known here" : "known are " + names;
    }

    private Expression call(String name, int column) throws ExpressionException {
        NamedFunction function = NamedFunction.called(name).orElse(null);
        if (function == null) {
            throw text.fault(
                    column, "unknown function \"" + Faults.quoted(name) + "\": known are " + NamedFunction.words());
        }
        text.skip(1);
        enter();
        List<Expression> arguments = new ArrayList<>();
        do {
            arguments.add(operation(1));
        } while (text.accept(","));
        depth--;
        close();
        if (arguments.size() != function.arguments()) {
            throw text.fault(
                    column, function.word() + " takes " + function.arguments() + " arguments, not " + arguments.size());
        }
        return new Call(
                function,
                arguments,
                function.kind(arguments.stream().map(Expression::kind).toList()));
    }

    private Expression join(Operator operator, Expression left, Expression right, int column)
            throws ExpressionException {
        @Nullable Kind kind = operator.kind(left.kind(), right.kind());
        if (kind == null) {
            throw text.fault(
                    column,
                    operator.symbol() + " is for "
                            + (operator == Operator.AND || operator == Operator.OR
                                    ? "comparisons, as in (t > 5) " + operator.symbol() + " (t < 9)"
                                    : "whole numbers"));
        }
        return left instanceof Constant(Value first) && right instanceof Constant(Value second)
                ? new Constant(operator.ofConstants(first, second))
                : new Binary(operator, left, right, kind);
    }

    private void enter() throws ExpressionException {
        if (++depth > DEEPEST) {
            throw text.fault("an expression is nested at most " + DEEPEST + " deep");
        }
    }

    private void close() throws ExpressionException {
        if (!text.accept(")")) {
            throw text.unexpected("an operator or )");
        }
    }
}
