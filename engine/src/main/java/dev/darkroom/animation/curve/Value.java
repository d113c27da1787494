package dev.darkroom.animation.curve;

import java.math.BigDecimal;
import java.util.Locale;

/** What an expression gives: a whole number, a real one, or whether something holds. */
public sealed interface Value {
    /** What a value is, known before it is computed; the later of two is what they become together. */
    enum Kind {
        TRUTH,
        WHOLE,
        REAL;

        /** What numbers of these two kinds become together: two truths become whole numbers. */
        static Kind common(Kind left, Kind right) {
            return left == REAL || right == REAL ? REAL : WHOLE;
        }
    }

    /** A whole number of 64 bits, which wraps around as it does in the reference. */
    record Whole(long number) implements Value {
        @Override
        public Kind kind() {
            return Kind.WHOLE;
        }

        @Override
        public double real() {
            return number;
        }

        @Override
        public String toString() {
            return Long.toString(number);
        }
    }

    /** A real number; not a number where a function has no value. */
    record Real(double number) implements Value {
        private static final int SMALLEST_PLAIN = -4;
        private static final int LARGEST_PLAIN = 16;

        @Override
        public Kind kind() {
            return Kind.REAL;
        }

        @Override
        public double real() {
            return number;
        }

        @Override
        public String toString() {
            if (number == 0 || !Double.isFinite(number)) {
                return Double.toString(number);
            }
            BigDecimal shortest = new BigDecimal(Double.toString(number)).stripTrailingZeros();
            int exponent = shortest.precision() - shortest.scale() - 1;
            if (exponent >= SMALLEST_PLAIN && exponent < LARGEST_PLAIN) {
                return shortest.toPlainString() + (shortest.scale() > 0 ? "" : ".0");
            }
            return shortest.movePointLeft(exponent).stripTrailingZeros().toPlainString()
                    + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
        }
    }

    /** The result of a comparison, which counts as 1 or 0. */
    record Truth(boolean holds) implements Value {
        @Override
        public Kind kind() {
            return Kind.TRUTH;
        }

        @Override
        public double real() {
            return holds ? 1 : 0;
        }

        @Override
        public String toString() {
            return holds ? "True" : "False";
        }
    }

    Kind kind();

    /** This value as a number. */
    double real();

    /** As Python writes it, which is how numbers get into a prompt. */
    @Override
    String toString();

    /** This value as a whole number, which it is unless it is a real one: that is cut. */
    default long whole() {
        return this instanceof Whole(long number) ? number : (long) real();
    }

    /** True unless it is zero. */
    default boolean holds() {
        return real() != 0;
    }

    /** This value as one of another kind. */
    default Value as(Kind kind) {
        return switch (kind) {
            case TRUTH -> new Truth(holds());
            case WHOLE -> new Whole(whole());
            case REAL -> new Real(real());
        };
    }
}
