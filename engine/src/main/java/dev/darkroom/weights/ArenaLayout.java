package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import dev.darkroom.weights.file.Stored;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Places of tensors in one allocation. Those that are stored in the type asked for come first, in the order of their files, so that windows
 * of the allocation can be filled as they are; behind them lies room for those that are to be converted, and for those that are computed:
 * weights to be quantised, and packed numbers, or fp8 numbers with a scale, that are not to be used as such.
 *
 * @param starts byte at which each tensor starts, by name; a multiple of {@value #ALIGNMENT} but inside a stack
 * @param rows where the weights lie that are multiplied in fp8, by name
 * @param copied the tensors that are copied as they are
 * @param copiedBytes length of the part of the allocation in which those lie
 * @param converted the tensors that are converted
 * @param stagedBytes length of a second allocation, which nobody makes as a whole, in which those would lie as they are stored
 * @param computed the tensors that are computed
 * @param bytes length of the allocation
 */
record ArenaLayout(
        Map<String, Long> starts,
        Map<String, RowsAt> rows,
        List<Piece> copied,
        long copiedBytes,
        List<Conversion> converted,
        long stagedBytes,
        List<Stored> computed,
        long bytes) {
    /** What a card's widest loads and its matrix products ask for, with room to spare. */
    static final long ALIGNMENT = 256;

    /** Most bytes that are brought to the device at once to be computed with, unless a single tensor has more. */
    static final long BATCH = 512L << 20;

    private static final Comparator<Stored> IN_FILES = Comparator.comparing(Stored::file)
            .thenComparing(tensor -> tensor.entry().start());

    /** A tensor as it is stored, and the byte at which it starts in the image of an allocation. */
    record Piece(Stored stored, long start) {
        long end() {
            return start + stored.bytes();
        }
    }

    /** A tensor to be converted, and the byte at which it starts afterwards. */
    record Conversion(Piece staged, long start) {}

    /** A weight {@code [out, in]}, and the bytes at which its e4m3 numbers start, and the float32 scales of its rows. */
    record RowsAt(Stored stored, long values, long scale) {}

    /** What becomes of tensors: they take the network's type, lie in fp8, or stay packed as they are stored. */
    private enum Kind {
        WHOLE,
        FP8,
        PACKED
    }

    /** Tensors that lie one after another, of one type; or weights in fp8, whose scales do so too; or weights that stay packed. */
    private record Unit(List<Stored> tensors, Kind kind) {
        boolean inFp8() {
            return kind == Kind.FP8;
        }

        boolean isStored(DType dtype) {
            return switch (kind) {
                case WHOLE -> isPlain() && tensors.stream().allMatch(tensor -> tensor.dtype() == dtype);
                case FP8 -> tensors.stream().allMatch(tensor -> tensor.dtype() == DType.FLOAT8_E4M3);
                case PACKED -> true;
            };
        }

        boolean isConverted(DType dtype) {
            return kind == Kind.WHOLE && isPlain() && !isStored(dtype);
        }

        private boolean isPlain() {
            return tensors.stream().allMatch(Stored::isPlain);
        }
    }

    /**
     * Lays out tensors.
     *
     * @param stacks tensors that are to lie one after another; of two stacks with a tensor in common the second is none
     * @param tensors all that are to be of the type {@code dtype}
     * @param inFp8 weights that lie in fp8
     * @param packed weights that stay as they are stored
     */
    static ArenaLayout of(
            List<List<Stored>> stacks,
            Collection<Stored> tensors,
            Collection<Stored> inFp8,
            Collection<Stored> packed,
            DType dtype) {
        List<Unit> units = units(stacks, tensors, inFp8);
        packed.forEach(weight -> units.add(new Unit(List.of(weight), Kind.PACKED)));
        units.sort(Comparator.comparing(unit -> unit.tensors.getFirst(), IN_FILES));
        Map<String, Long> starts = new HashMap<>();
        Map<String, Long> values = new HashMap<>();
        List<Piece> copied = new ArrayList<>();
        long at = 0;
        for (Unit unit : units) {
            if (unit.isStored(dtype)) {
                at = aligned(at);
                for (Stored tensor : unit.tensors) {
                    (unit.inFp8() ? values : starts).put(tensor.name(), at);
                    copied.add(new Piece(tensor, at));
                    at += tensor.bytes();
                }
            }
        }
        long copiedBytes = at;
        List<Conversion> converted = new ArrayList<>();
        List<Stored> computed = new ArrayList<>();
        long staged = 0;
        for (Unit unit : units) {
            if (!unit.isStored(dtype)) {
                at = aligned(at);
                for (Stored tensor : unit.tensors) {
                    (unit.inFp8() ? values : starts).put(tensor.name(), at);
                    if (unit.isConverted(dtype)) {
                        staged = aligned(staged);
                        converted.add(new Conversion(new Piece(tensor, staged), at));
                        staged += tensor.bytes();
                    } else {
                        computed.add(tensor);
                    }
                    at += tensor.elements() * (unit.inFp8() ? DType.FLOAT8_E4M3 : dtype).bytes();
                }
            }
        }
        Map<String, RowsAt> rows = new HashMap<>();
        for (Unit unit : units) {
            at = unit.inFp8() ? aligned(at) : at;
            for (Stored weight : unit.inFp8() ? unit.tensors : List.<Stored>of()) {
                long start = Objects.requireNonNull(values.get(weight.name()), weight.name());
                rows.put(weight.name(), new RowsAt(weight, start, at));
                at += weight.rows() * DType.FLOAT32.bytes();
            }
        }
        return new ArenaLayout(starts, rows, copied, copiedBytes, converted, staged, computed, at);
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
        return new ArenaLayout(starts, Map.of(), copied, at, List.of(), 0, List.of(), at);
    }

    /** Lays out what is to be computed as it is stored, in batches that are brought to the device one after another. */
    List<ArenaLayout> batches() {
        List<ArenaLayout> batches = new ArrayList<>();
        List<Stored> batch = new ArrayList<>();
        long size = 0;
        for (Stored tensor : computed) {
            if (!batch.isEmpty() && size + tensor.bytes() > BATCH) {
                batches.add(asStored(batch));
                batch.clear();
                size = 0;
            }
            batch.add(tensor);
            size += tensor.bytes();
        }
        if (!batch.isEmpty()) {
            batches.add(asStored(batch));
        }
        return batches;
    }

    /** Bytes of the longest image that is brought to the device to fill an allocation. */
    long longestImage() {
        return LongStream.concat(
                        LongStream.of(copiedBytes, stagedBytes),
                        batches().stream().mapToLong(ArenaLayout::bytes))
                .max()
                .orElseThrow();
    }

    /** Collects stacks and single tensors. */
    private static List<Unit> units(List<List<Stored>> stacks, Collection<Stored> tensors, Collection<Stored> inFp8) {
        Set<String> stacked = new HashSet<>();
        List<Unit> units = new ArrayList<>();
        for (List<Stored> stack : stacks) {
            if (stack.stream().map(Stored::name).distinct().count() == stack.size()
                    && stack.stream().noneMatch(tensor -> stacked.contains(tensor.name()))) {
                stack.forEach(tensor -> stacked.add(tensor.name()));
                units.add(new Unit(stack, inFp8.containsAll(stack) ? Kind.FP8 : Kind.WHOLE));
            }
        }
        tensors.stream()
                .filter(tensor -> !stacked.contains(tensor.name()))
                .forEach(tensor -> units.add(new Unit(List.of(tensor), Kind.WHOLE)));
        inFp8.stream()
                .filter(weight -> !stacked.contains(weight.name()))
                .forEach(weight -> units.add(new Unit(List.of(weight), Kind.FP8)));
        return units;
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

    /** The weight's places, if it is multiplied in fp8. */
    Optional<RowsAt> rowsOf(Stored weight) {
        return Optional.ofNullable(rows.get(weight.name()));
    }

    /** The places of several weights that are multiplied in fp8 as those of one; empty if they do not lie one after another. */
    Optional<RowsAt> stackedRows(List<Stored> weights) {
        RowsAt first = rowsOf(weights.getFirst()).orElseThrow();
        long values = first.values;
        long scale = first.scale;
        for (Stored weight : weights) {
            RowsAt at = rowsOf(weight).orElseThrow();
            if (at.values != values || at.scale != scale) {
                return Optional.empty();
            }
            values += weight.elements();
            scale += weight.rows() * DType.FLOAT32.bytes();
        }
        return Optional.of(first);
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
