package dev.darkroom.animation.curve;

import dev.darkroom.animation.curve.Value.Kind;
import dev.darkroom.animation.curve.Value.Real;
import dev.darkroom.animation.curve.Value.Truth;
import dev.darkroom.animation.curve.Value.Whole;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A formula over numbers of the animation, in the language of numexpr; it can compute, and nothing else.
 *
 * <p>{@code + - * / % **}, comparisons, {@code << >>} of whole numbers, {@code & | ~} of comparisons, and the functions of
 * {@link NamedFunction}. To compute it never fails: what has no value is not a number.
 */
public sealed interface Expression {
    /**
     * Reads an expression.
     *
     * @param column of the text's first character, counted from 1, in what the caller wrote
     * @param variables that it may use
     * @throws ExpressionException if it is none, longer than 2000 characters, or nested more than 100 deep
     */
    static Expression parse(String text, int column, Set<Variable> variables) throws ExpressionException {
        return new ExpressionParser(text, column, variables).all();
    }

    /** Computes it for a frame. */
    Value at(Moment moment);

    /** What it gives in every frame. */
    Kind kind();

    /** A value that does not change. */
    record Constant(Value value) implements Expression {
        @Override
        public Value at(Moment moment) {
            return value;
        }

        @Override
        public Kind kind() {
            return value.kind();
        }
    }

    /** A number of the animation. */
    record Named(Variable variable) implements Expression {
        @Override
        public Value at(Moment moment) {
            return new Whole(variable.at(moment));
        }

        @Override
        public Kind kind() {
            return Kind.WHOLE;
        }
    }

    /** A number with the other sign. */
    record Negative(Expression of) implements Expression {
        @Override
        public Value at(Moment moment) {
            Value value = of.at(moment);
            return value.kind() == Kind.REAL ? new Real(-value.real()) : new Whole(-value.whole());
        }

        @Override
        public Kind kind() {
            return Kind.common(of.kind(), Kind.WHOLE);
        }
    }

    /** True where another is not. */
    record Not(Expression of) implements Expression {
        @Override
        public Value at(Moment moment) {
            return new Truth(!of.at(moment).holds());
        }

        @Override
        public Kind kind() {
            return Kind.TRUTH;
        }
    }

    /** Two values with an operator between them. */
    record Binary(Operator operator, Expression left, Expression right, Kind kind) implements Expression {
        @Override
        public Value at(Moment moment) {
            return operator.of(left.at(moment), right.at(moment));
        }
    }

    /** A function of other expressions, as many as it takes. */
    record Call(NamedFunction function, List<Expression> arguments, Kind kind) implements Expression {
        public Call {
            arguments = List.copyOf(arguments);
        }

        @Override
        public Value at(Moment moment) {
            List<Value> values = new ArrayList<>(arguments.size());
            for (Expression argument : arguments) {
                values.add(argument.at(moment));
            }
            return function.of(values, kind);
        }
    }
}
