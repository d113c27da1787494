package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Places of tensors in one allocation. Those that are stored in the type asked for come first, in the order of their files, so that windows
 * of the allocation can be filled as they are; behind them lies room for those that are to be converted.
 *
 * @param starts byte at which each tensor starts, by name; a multiple of {@value #ALIGNMENT} but inside a stack
 * @param copied the tensors that are copied as they are
 * @param copiedBytes length of the part of the allocation in which those lie
 * @param converted the tensors that are converted
 * @param stagedBytes length of a second allocation, which nobody makes as a whole, in which those would lie as they are stored
 * @param bytes length of the allocation
 */
record ArenaLayout(
        Map<String, Long> starts,
        List<Piece> copied,
        long copiedBytes,
        List<Conversion> converted,
        long stagedBytes,
        long bytes) {
    /** What a card's widest loads and its matrix products ask for, with room to spare. */
    static final long ALIGNMENT = 256;

    /** A tensor as it is stored, and the byte at which it starts in the image of an allocation. */
    record Piece(Stored stored, long start) {
        long end() {
            return start + stored.bytes();
        }
    }

    /** A tensor to be converted, and the byte at which it starts afterwards. */
    record Conversion(Piece staged, long start) {}

    /**
     * Lays out tensors.
     *
     * @param stacks tensors that are to lie one after another; of two stacks with a tensor in common the second is none
     * @param tensors all of them
     * @param dtype the type of all of them
     */
    static ArenaLayout of(List<List<Stored>> stacks, Collection<Stored> tensors, DType dtype) {
        List<List<Stored>> units = units(stacks, tensors);
        Map<String, Long> starts = new HashMap<>();
        List<Piece> copied = new ArrayList<>();
        List<Conversion> converted = new ArrayList<>();
        long at = 0;
        for (List<Stored> unit : units) {
            if (isStored(unit, dtype)) {
                at = aligned(at);
                for (Stored tensor : unit) {
                    starts.put(tensor.name(), at);
                    copied.add(new Piece(tensor, at));
                    at += tensor.bytes();
                }
            }
        }
        long copiedBytes = at;
        long staged = 0;
        for (List<Stored> unit : units) {
            if (!isStored(unit, dtype)) {
                at = aligned(at);
                for (Stored tensor : unit) {
                    starts.put(tensor.name(), at);
                    staged = aligned(staged);
                    converted.add(new Conversion(new Piece(tensor, staged), at));
                    staged += tensor.bytes();
                    at += tensor.elements() * dtype.bytes();
                }
            }
        }
        return new ArenaLayout(starts, copied, copiedBytes, converted, staged, at);
    }

    /** Lays out tensors in the types that they are stored in. */
    static ArenaLayout asStored(Collection<Stored> tensors) {
        Map<String, Long> starts = new HashMap<>();
        List<Piece> copied = new ArrayList<>();
        long at = 0;
        for (Stored tensor : tensors.stream().sorted(IN_FILES).toList()) {
            at = aligned(at);
            starts.put(tensor.name(), at);
            copied.add(new Piece(tensor, at));
            at += tensor.bytes();
        }
        return new ArenaLayout(starts, copied, at, List.of(), 0, at);
    }

    private static final Comparator<Stored> IN_FILES = Comparator.comparing(Stored::file)
            .thenComparing(tensor -> tensor.entry().start());

    /** Sorts stacks and single tensors as their first tensors lie in the files. */
    private static List<List<Stored>> units(List<List<Stored>> stacks, Collection<Stored> tensors) {
        Set<String> stacked = new HashSet<>();
        List<List<Stored>> units = new ArrayList<>();
        for (List<Stored> stack : stacks) {
            if (stack.stream().map(Stored::name).distinct().count() == stack.size()
                    && stack.stream().noneMatch(tensor -> stacked.contains(tensor.name()))) {
                stack.forEach(tensor -> stacked.add(tensor.name()));
                units.add(stack);
            }
        }
        tensors.stream()
                .filter(tensor -> !stacked.contains(tensor.name()))
                .forEach(tensor -> units.add(List.of(tensor)));
        units.sort(Comparator.comparing(List::getFirst, IN_FILES));
        return units;
    }

    private static boolean isStored(List<Stored> unit, DType dtype) {
        return unit.stream().allMatch(tensor -> tensor.dtype() == dtype);
    }

    private static long aligned(long at) {
        return (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** The tensor's first byte in the allocation. */
    long start(Stored tensor) {
        Long start = starts.get(tensor.name());
        if (start == null) {
            throw new IllegalStateException(tensor.name() + " was not asked for when the network was first built");
        }
        return start;
    }

    /** True if these tensors lie one after another without a gap. */
    boolean isStack(List<Stored> tensors, DType dtype) {
        long at = start(tensors.getFirst());
        for (Stored tensor : tensors) {
            if (start(tensor) != at) {
                return false;
            }
            at += tensor.elements() * dtype.bytes();
        }
        return true;
    }

    /** Shape of the rows of several tensors {@code [.., in]} as one tensor. */
    static long[] stackedShape(List<Stored> tensors) {
        long[] shape = tensors.getFirst().entry().dimensions();
        shape[0] = tensors.stream()
                .mapToLong(tensor -> tensor.entry().dimensions()[0])
                .sum();
        return shape;
    }
}
