package dev.darkroom.lora;

import dev.darkroom.job.JobException;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.file.SafetensorsFile;
import dev.darkroom.weights.file.SafetensorsFile.Entry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Checks the shapes of a pair's tensors against those of the layers that it is for. */
final class PairShapes {
    private static final long LARGEST_RANK = 1024;

    private final String field;
    private final SafetensorsFile file;
    private final LoraModule module;
    private final List<LinearWeight.Shape> shapes;

    /** @param field of the payload, for errors */
    PairShapes(String field, SafetensorsFile file, LoraModule module, Map<String, LinearWeight.Shape> linears) {
        this.field = field;
        this.file = file;
        this.module = module;
        this.shapes = module.layers().stream()
                .map(linears::get)
                .map(Objects::requireNonNull)
                .toList();
    }

    /** Number of rows of each layer. */
    List<Long> rows() {
        return shapes.stream().map(LinearWeight.Shape::out).toList();
    }

    /**
     * Checks the tensors of a pair.
     *
     * @param family whose loader is followed, if the network has one
     * @param notes takes a note if zeros fill up a matrix
     * @return the number of inputs of the layers
     * @throws JobException if one does not fit
     */
    long check(
            String down,
            String up,
            Optional<String> bias,
            Optional<String> magnitude,
            Optional<LoraNames> family,
            Consumer<String> notes) {
        List<Long> downShape = matrix(down);
        List<Long> upShape = matrix(up);
        long rank = downShape.getFirst();
        if (rank < 1 || rank > LARGEST_RANK) {
            throw refused(quoted(down) + " has rank " + rank + ": it must be from 1 to " + LARGEST_RANK);
        }
        long in = shapes.getFirst().in();
        long out = rows().stream().mapToLong(Long::longValue).sum();
        long columns = downShape.get(1);
        boolean single = module.layers().size() == 1;
        boolean mayWiden = single
                && magnitude.isEmpty()
                && family.filter(known -> known.mayWiden(module.layers().getFirst()))
                        .isPresent();
        boolean fits = shapes.stream().allMatch(shape -> shape.in() == in)
                && upShape.equals(List.of(out, rank))
                && (columns == in
                        || (columns > in && mayWiden)
                        || (columns > 0
                                && columns < in
                                && family.filter(LoraNames::isLenient).isPresent()));
        if (!fits) {
            throw refused(quoted(down) + " of " + downShape + " and " + quoted(up) + " of " + upShape
                    + " do not fit this model, whose " + String.join(" with ", module.layers()) + " is ["
                    + out + ", " + in + "]: it is a LoRA for another model");
        }
        if (columns < in && !mayWiden) {
            notes.accept(quoted(down) + " has " + columns + " columns, " + String.join(" with ", module.layers())
                    + " has " + in + ": zeros stand for the rest, as in diffusers");
        }
        bias.ifPresent(tensor -> checkVector(tensor, out));
        magnitude.ifPresent(tensor -> checkVector(tensor, out));
        if (bias.isPresent() && magnitude.isPresent()) {
            throw refused(quoted(bias.get()) + " stands beside a lora_magnitude_vector: a DoRA has no such bias");
        }
        return in;
    }

    private void checkVector(String tensor, long length) {
        Entry entry = entry(tensor);
        long numbers = entry.shape().stream().filter(side -> side == length).count();
        boolean vector = numbers >= 1
                && entry.shape().stream().reduce(1L, (a, b) -> a * b) == length
                && entry.dtype().isFloating();
        if (!vector) {
            throw refused(quoted(tensor) + " must be " + length + " numbers of a floating type, not "
                    + entry.dtype().fileName() + " " + entry.shape());
        }
    }

    /** Shape of a matrix, which some files store as a convolution of size 1. */
    private List<Long> matrix(String tensor) {
        List<Long> shape = entry(tensor).shape();
        boolean matrix =
                shape.size() >= 2 && shape.subList(2, shape.size()).stream().allMatch(length -> length == 1);
        if (!matrix || !entry(tensor).dtype().isFloating()) {
            throw refused(quoted(tensor) + " must be a matrix of a floating type, not "
                    + entry(tensor).dtype().fileName() + " " + shape);
        }
        return shape.subList(0, 2);
    }

    /** The entry of a single number. */
    Entry number(String tensor) {
        Entry entry = entry(tensor);
        if (!entry.shape().stream().allMatch(length -> length == 1)) {
            throw refused(quoted(tensor) + " must be one number, not " + entry.shape());
        }
        return entry;
    }

    private Entry entry(String tensor) {
        return Objects.requireNonNull(file.entries().get(tensor), tensor);
    }

    private static String quoted(String tensor) {
        return LoraPlanner.quoted(tensor);
    }

    private JobException refused(String reason) {
        return JobException.badInput(field + ": " + reason);
    }
}
