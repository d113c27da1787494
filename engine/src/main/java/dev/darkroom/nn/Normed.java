package dev.darkroom.nn;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;

/** Tokens {@code [B, S, D]} as layers take them: as they are, or as rows of e4m3 numbers where all layers that take them multiply those. */
public sealed interface Normed {
    /** Tokens as they are. */
    record Plain(Tensor x) implements Normed {
        @Override
        public List<Tensor> tensors() {
            return List.of(x);
        }

        @Override
        public long length() {
            return x.size(1);
        }

        @Override
        public DType dtype() {
            return x.dtype();
        }
    }

    /**
     * Tokens as rows of e4m3 numbers.
     *
     * @param type that layers give their results in
     */
    record Quantised(Rows rows, DType type) implements Normed {
        @Override
        public List<Tensor> tensors() {
            return List.of(rows.values(), rows.scale());
        }

        @Override
        public long length() {
            return rows.values().size(1);
        }

        @Override
        public DType dtype() {
            return type;
        }
    }

    /** All that they are made of. */
    List<Tensor> tensors();

    /** Number of tokens, S. */
    long length();

    /** Type that layers give their results in. */
    DType dtype();

    /** Returns the tokens as they are: of what is behind the last block, which is never quantised. */
    default Tensor plain() {
        return switch (this) {
            case Plain(Tensor x) -> x;
            case Quantised quantised -> throw new IllegalStateException("these tokens are rows of e4m3 numbers");
        };
    }

    /** Returns the tokens as rows of e4m3 numbers. */
    default Rows rows() {
        return switch (this) {
            case Plain(Tensor x) -> ScaledOperators.quantiseRows(x);
            case Quantised(Rows rows, DType type) -> rows;
        };
    }

    /** Hands them over to the scope outside of {@code scope}. */
    default void keptBy(Scope scope) {
        tensors().forEach(scope::keep);
    }

    /** Frees those that these replace. */
    default void replacing(Normed old, Scope scope) {
        old.tensors().forEach(tensor -> scope.replace(tensor, tensors().getFirst()));
    }
}
