package dev.darkroom.tensor;

import java.util.List;

/** Sees what happens to tensors: every call of an operator, its results, and the end of each tensor. */
interface OperatorWitness {
    /** Is told of a call before it is made; an exception thrown here keeps it from being made. */
    void called(String operator, Object... arguments);

    /** Is told of the tensors that the last call returned. */
    void returned(List<Tensor> results);

    /** Is told that a tensor is about to be freed. */
    void freed(Tensor tensor);
}
