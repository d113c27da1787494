package dev.darkroom.lora;

import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.SafetensorsFile;
import dev.darkroom.weights.SafetensorsFile.Entry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Finds the layers that the tensors of a LoRA file are for, by the file's header alone. */
final class LoraPlanner {
    private static final long LARGEST_RANK = 1024;
    private static final int LONGEST_NAME = 150;

    private final String field;
    private final List<LoraNames> families;
    private final SafetensorsFile file;
    private final Map<String, Map<String, LinearWeight.Shape>> layers;
    private final Map<String, ModuleNames> names = new HashMap<>();
    private final Map<Place, Map<LoraKey.Part, String>> matrices = new LinkedHashMap<>();
    private final Map<Place, String> alphas = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    private final Set<String> adapted = new HashSet<>();

    /** Key that the tensors of one pair have in common. */
    private record Place(String role, String module, String adapter) {}

    private LoraPlanner(
            String field,
            SafetensorsFile file,
            Map<String, Map<String, LinearWeight.Shape>> layers,
            List<LoraNames> families) {
        this.field = field;
        this.families = families;
        this.file = file;
        this.layers = layers;
        layers.forEach((role, widths) -> names.put(role, new ModuleNames(widths.keySet(), families)));
    }

    /**
     * Matches the tensors of a file with the layers of a model.
     *
     * @param field of the payload, for errors
     * @param layers role → layers of its network and their widths
     * @param families known to this worker
     * @throws JobException if the file is no LoRA, if it is one for another model, or damaged
     */
    static LoraPlan plan(
            String field,
            SafetensorsFile file,
            Map<String, Map<String, LinearWeight.Shape>> layers,
            List<LoraNames> families) {
        return new LoraPlanner(field, file, layers, families).plan();
    }

    private LoraPlan plan() {
        file.entries().keySet().forEach(this::sort);
        Factors factors = Factors.of(file);
        List<LoraPair> pairs = new ArrayList<>();
        matrices.forEach((place, parts) -> pair(place, parts).ifPresent(pairs::add));
        List<String> unused = file.entries().keySet().stream()
                .filter(tensor -> !used.contains(tensor))
                .toList();
        if (pairs.isEmpty()) {
            throw refused(
                    unused.isEmpty()
                            ? "the file holds no tensors"
                            : "none of its " + unused.size() + " tensors fits this model; the first is "
                                    + quoted(unused.getFirst()));
        }
        unused.stream().filter(this::isOfAnotherFamily).findFirst().ifPresent(tensor -> {
            throw refused("is a LoRA for another family of models, as its tensor " + quoted(tensor) + " shows");
        });
        layers.keySet().stream().filter(factors::areOfDora).findFirst().ifPresent(role -> {
            throw refused("is a DoRA, as its metadata says of its " + role + ": this worker does LoRA alone");
        });
        return new LoraPlan(file, factors, pairs, unused);
    }

    /**
     * True if the tensor shows that the file is for another family. Families share names and widths of some layers: those alone would be
     * adapted, and the pictures would be noise.
     */
    private boolean isOfAnotherFamily(String tensor) {
        return families.stream()
                .anyMatch(family -> family.isOwn(tensor)
                        && layers.values().stream().noneMatch(known -> family.areOwn(known.keySet())));
    }

    private void sort(String tensor) {
        OtherKind.of(tensor).ifPresent(kind -> {
            throw refused("is " + kind + ", as its tensor " + quoted(tensor) + " shows: this worker does LoRA alone");
        });
        LoraKey.parse(tensor).ifPresent(key -> {
            if (key.part() == LoraKey.Part.ALPHA) {
                alphas.putIfAbsent(new Place(key.role(), key.module(), ""), tensor);
            } else {
                matrices.computeIfAbsent(
                                new Place(key.role(), key.module(), key.adapter()),
                                place -> new EnumMap<>(LoraKey.Part.class))
                        .putIfAbsent(key.part(), tensor);
            }
        });
    }

    /** Makes the pair of a place, unless the model has no such layers or they have a pair already, under another name. */
    private Optional<LoraPair> pair(Place place, Map<LoraKey.Part, String> parts) {
        Optional<LoraModule> found =
                Optional.ofNullable(names.get(place.role)).flatMap(known -> known.find(place.module));
        if (found.isEmpty()
                || found.get().layers().stream().anyMatch(layer -> adapted.contains(place.role + " " + layer))) {
            return Optional.empty();
        }
        LoraModule module = found.get();
        String down = parts.get(LoraKey.Part.DOWN);
        String up = parts.get(LoraKey.Part.UP);
        if (down == null || up == null) {
            throw refused(quoted(parts.values().iterator().next()) + " is half a pair: the other half is missing");
        }
        List<LinearWeight.Shape> shapes = module.layers().stream()
                .map(layer -> Objects.requireNonNull(layers.get(place.role)).get(layer))
                .map(Objects::requireNonNull)
                .toList();
        check(module, shapes, down, up);
        String alpha = alphas.get(new Place(place.role, place.module, ""));
        used.addAll(alpha == null ? List.of(down, up) : List.of(down, up, alpha));
        module.layers().forEach(layer -> adapted.add(place.role + " " + layer));
        return Optional.of(new LoraPair(
                place.role,
                module,
                entry(down),
                entry(up),
                Optional.ofNullable(alpha).map(this::number),
                shapes.stream().map(LinearWeight.Shape::out).toList()));
    }

    private void check(LoraModule module, List<LinearWeight.Shape> shapes, String down, String up) {
        List<Long> downShape = matrix(down);
        List<Long> upShape = matrix(up);
        long rank = downShape.getFirst();
        if (rank < 1 || rank > LARGEST_RANK) {
            throw refused(quoted(down) + " has rank " + rank + ": it must be from 1 to " + LARGEST_RANK);
        }
        long in = shapes.getFirst().in();
        long out = shapes.stream().mapToLong(LinearWeight.Shape::out).sum();
        boolean fits = shapes.stream().allMatch(shape -> shape.in() == in)
                && downShape.equals(List.of(rank, in))
                && upShape.equals(List.of(out, rank));
        if (!fits) {
            throw refused(quoted(down) + " of " + downShape + " and " + quoted(up) + " of " + upShape
                    + " do not fit this model, whose " + String.join(" with ", module.layers()) + " is ["
                    + out + ", " + in + "]: it is a LoRA for another model");
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

    private Entry number(String tensor) {
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
        return Faults.quoted(tensor, LONGEST_NAME);
    }

    private JobException refused(String reason) {
        return JobException.badInput(field + ": " + reason);
    }
}
