package dev.darkroom.lora;

import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import dev.darkroom.weights.file.SafetensorsFile;
import dev.darkroom.weights.file.SafetensorsFile.Entry;
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
import java.util.regex.Pattern;

/** Finds the layers that the tensors of a LoRA file are for, by the file's header alone. */
final class LoraPlanner {
    private static final int LONGEST_TENSOR = 1_000;
    private static final int LONGEST_NAME = 150;
    private static final Pattern BLOCK = Pattern.compile("(?<=[._])\\d+(?=[._])");

    private final String field;
    private final List<LoraNames> families;
    private final SafetensorsFile file;
    private final Map<String, Layers> layers;
    private final AdapterMetadata metadata;
    private final Alphas alphasOfMetadata;
    private final LeftOut left = new LeftOut();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, ModuleNames> names = new HashMap<>();
    private final Map<Place, Map<LoraKey.Part, String>> places = new LinkedHashMap<>();
    private final Map<Place, String> alphas = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    private final Set<String> adapted = new HashSet<>();

    /** Key that the tensors of one pair have in common. */
    private record Place(String role, String module, String adapter) {}

    private LoraPlanner(String field, SafetensorsFile file, Map<String, Layers> layers, List<LoraNames> families) {
        this.field = field;
        this.families = families;
        this.file = file;
        this.layers = layers;
        this.metadata = AdapterMetadata.of(file);
        this.alphasOfMetadata = new Alphas(metadata);
        layers.forEach((role, known) -> names.put(role, new ModuleNames(known.names(), families)));
    }

    /**
     * Matches the tensors of a file with the layers of a model.
     *
     * @param field of the payload, for errors
     * @param layers role → layers of its network and their widths
     * @param families known to this worker
     * @throws JobException if the file is no LoRA, if it is one for another model, or damaged
     * @throws dev.darkroom.checkpoint.CheckpointException if its metadata is damaged
     */
    static LoraPlan plan(String field, SafetensorsFile file, Map<String, Layers> layers, List<LoraNames> families) {
        return new LoraPlanner(field, file, layers, families).plan();
    }

    private LoraPlan plan() {
        file.entries().keySet().forEach(this::sort);
        List<LoraPair> pairs = new ArrayList<>();
        places.forEach((place, parts) -> pair(place, parts).ifPresent(pairs::add));
        List<LoraNorm> norms = norms();
        List<String> unused = file.entries().keySet().stream()
                .filter(tensor -> !used.contains(tensor))
                .toList();
        if (pairs.isEmpty() && norms.isEmpty()) {
            throw refused(
                    unused.isEmpty()
                            ? "the file holds no tensors"
                            : "none of its " + unused.size() + " tensors fits this model; the first is "
                                    + quoted(unused.getFirst()));
        }
        unused.stream().filter(this::isOfAnotherFamily).findFirst().ifPresent(tensor -> {
            throw refused("is a LoRA for another family of models, as its tensor " + quoted(tensor) + " shows");
        });
        unused.stream().filter(this::isBeyondTheLast).findFirst().ifPresent(tensor -> {
            throw refused("is a LoRA for a model of more blocks, as its tensor " + quoted(tensor) + " shows");
        });
        layers.keySet().forEach(role -> checkDora(role, pairs));
        unused.forEach(this::leaveOut);
        notes.addAll(0, left.notes(file.entries().size()));
        alphasOfMetadata.note().ifPresent(notes::add);
        metadata.note().ifPresent(notes::add);
        return new LoraPlan(file, pairs, norms, List.copyOf(notes));
    }

    /**
     * Returns true if the tensor shows that the file is for another family. Families share names and widths of some layers: those alone would be
     * adapted, and the pictures would be noise.
     */
    private boolean isOfAnotherFamily(String tensor) {
        List<LoraNames> owners =
                families.stream().filter(family -> family.isOwn(tensor)).toList();
        return !owners.isEmpty()
                && owners.stream()
                        .noneMatch(family -> layers.values().stream().anyMatch(known -> family.areOwn(known.names())));
    }

    /**
     * Returns true if the tensor is for a block of a number that the transformer does not have, though it has such a module in its first block.
     * What fits of such a file was trained beside blocks that are not there: pictures would be bad. Of text encoders the last layers may have
     * been left on the disk, and where no other family has these names, the rest is noted and left out, as the reference does.
     */
    private boolean isBeyondTheLast(String tensor) {
        return LoraKey.parse(tensor)
                .filter(key -> layers.containsKey(key.role())
                        && family(key.role())
                                .filter(LoraNames::hasLargerNamesake)
                                .isPresent())
                .filter(key -> find(key.role(), key.module()).isEmpty())
                .filter(key -> {
                    String inFirst = BLOCK.matcher(key.module()).replaceFirst("0");
                    return !inFirst.equals(key.module())
                            && find(key.role(), inFirst).isPresent();
                })
                .isPresent();
    }

    /** A DoRA has magnitudes for all pairs of a network, or for none. */
    private void checkDora(String role, List<LoraPair> pairs) {
        List<LoraPair> own =
                pairs.stream().filter(pair -> pair.role().equals(role)).toList();
        boolean some = own.stream().anyMatch(pair -> pair.magnitude().isPresent());
        boolean all = own.stream().allMatch(pair -> pair.magnitude().isPresent());
        boolean promised = metadata.of(role).map(AdapterConfig::hasMagnitude).orElse(false);
        if (some && !all) {
            throw refused("is a DoRA with a lora_magnitude_vector for some of the layers of its " + role + " alone");
        }
        if (promised && !some && !own.isEmpty()) {
            throw refused("is a DoRA, as its metadata says of its " + role + ", but holds no lora_magnitude_vector");
        }
    }

    private void sort(String tensor) {
        if (tensor.length() > LONGEST_TENSOR) {
            throw refused(quoted(tensor) + " has a name of " + tensor.length() + " characters: at most "
                    + LONGEST_TENSOR + " are read");
        }
        OtherKind.of(tensor).ifPresent(kind -> {
            throw refused(
                    "is " + kind + ", as its tensor " + quoted(tensor) + " shows: this worker does LoRA and DoRA");
        });
        LoraKey.parse(tensor).ifPresent(key -> {
            if (key.part() == LoraKey.Part.ALPHA) {
                alphas.putIfAbsent(new Place(key.role(), key.module(), ""), tensor);
            } else {
                places.computeIfAbsent(
                                new Place(key.role(), key.module(), key.adapter()),
                                place -> new EnumMap<>(LoraKey.Part.class))
                        .putIfAbsent(key.part(), tensor);
            }
        });
    }

    /** Makes the pair of a place, unless the model has no such layers or they have a pair already, under another name. */
    private Optional<LoraPair> pair(Place place, Map<LoraKey.Part, String> parts) {
        Optional<LoraModule> found = find(place.role, place.module)
                .filter(module -> layersOf(place.role).linears().keySet().containsAll(module.layers()))
                .filter(module ->
                        module.layers().stream().noneMatch(layer -> adapted.contains(place.role + " " + layer)));
        String down = parts.get(LoraKey.Part.DOWN);
        String up = parts.get(LoraKey.Part.UP);
        if (found.isEmpty() || (down == null && up == null)) {
            return Optional.empty();
        }
        if (down == null || up == null) {
            throw refused(quoted(down == null ? Objects.requireNonNull(up) : down)
                    + " is half a pair: the other half is missing");
        }
        LoraModule module = found.get();
        String alpha = alphas.get(new Place(place.role, place.module, ""));
        Optional<AdapterConfig> config = metadata.of(place.role);
        Optional<String> bias = part(parts, LoraKey.Part.BIAS)
                .filter(tensor -> isSaidBy(config.map(AdapterConfig::hasBias), tensor, LeftOut.Reason.NO_BIAS));
        Optional<String> magnitude = part(parts, LoraKey.Part.MAGNITUDE)
                .filter(tensor -> isSaidBy(config.map(AdapterConfig::hasMagnitude), tensor, LeftOut.Reason.NO_DORA));
        var shapes = new PairShapes(field, file, module, layersOf(place.role).linears());
        long columns = shapes.check(down, up, bias, magnitude, family(place.role), notes::add);
        used.addAll(List.of(down, up));
        bias.ifPresent(used::add);
        magnitude.ifPresent(used::add);
        module.layers().forEach(layer -> adapted.add(place.role + " " + layer));
        Optional<Double> factor;
        try {
            factor = alphasOfMetadata.factor(
                    place.role,
                    module,
                    place.module,
                    entry(down).shape().getFirst().intValue());
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
        if (alpha != null) {
            used.add(alpha);
        }
        return Optional.of(new LoraPair(
                place.role,
                module,
                entry(down),
                entry(up),
                Optional.ofNullable(alpha).map(shapes::number),
                factor,
                bias.map(this::entry),
                magnitude.map(this::entry),
                columns,
                shapes.rows()));
    }

    /** True unless the file's metadata does not mention this kind of tensor: then the loader leaves it out. */
    private boolean isSaidBy(Optional<Boolean> config, String tensor, LeftOut.Reason otherwise) {
        boolean said = config.orElse(true);
        if (!said) {
            used.add(tensor);
            left.add(tensor, otherwise);
        }
        return said;
    }

    /** Finds whole weights of norms, which replace those of the model. */
    private List<LoraNorm> norms() {
        List<LoraNorm> norms = new ArrayList<>();
        for (String tensor : file.entries().keySet()) {
            if (used.contains(tensor) || !(tensor.endsWith(".weight") || tensor.endsWith(".scale"))) {
                continue;
            }
            Role role = Role.of(tensor.substring(0, tensor.lastIndexOf('.')));
            Optional<LoraModule> found = find(role.name(), role.module());
            Optional<LoraNames> family = found.flatMap(module -> family(role.name()));
            if (found.isEmpty() || family.isEmpty()) {
                continue;
            }
            String norm = found.get().layers().getFirst();
            Long width = layersOf(role.name()).norms().get(norm);
            if (width == null || !adapted.add(role.name() + " " + norm)) {
                continue;
            }
            if (!family.get().isLenient()) {
                throw refused(wholeWeight(tensor));
            }
            if (!entry(tensor).shape().equals(List.of(width))
                    || !entry(tensor).dtype().isFloating()) {
                throw refused(quoted(tensor) + " must be " + width + " numbers of a floating type, not "
                        + entry(tensor).dtype().fileName() + " " + entry(tensor).shape());
            }
            used.add(tensor);
            norms.add(new LoraNorm(role.name(), norm, entry(tensor)));
        }
        return norms;
    }

    private void leaveOut(String tensor) {
        boolean strict = layers.keySet().stream()
                .map(this::family)
                .flatMap(Optional::stream)
                .anyMatch(f -> !f.isLenient());
        if (strict && LeftOut.isDifference(tensor)) {
            throw refused(wholeWeight(tensor));
        }
        left.add(tensor);
    }

    private static String wholeWeight(String tensor) {
        return quoted(tensor) + " changes a whole weight or bias: LoRAs for this family of models hold pairs alone";
    }

    /** The family of a network; empty for text encoders. */
    private Optional<LoraNames> family(String role) {
        Set<String> known = layersOf(role).names();
        return families.stream().filter(family -> family.areOwn(known)).findFirst();
    }

    private Optional<LoraModule> find(String role, String module) {
        return Optional.ofNullable(names.get(role)).flatMap(known -> known.find(module));
    }

    private Layers layersOf(String role) {
        return Objects.requireNonNull(layers.get(role), role);
    }

    private static Optional<String> part(Map<LoraKey.Part, String> parts, LoraKey.Part part) {
        return Optional.ofNullable(parts.get(part));
    }

    private Entry entry(String tensor) {
        return Objects.requireNonNull(file.entries().get(tensor), tensor);
    }

    static String quoted(String tensor) {
        return Faults.quoted(tensor, LONGEST_NAME);
    }

    private JobException refused(String reason) {
        return JobException.badInput(field + ": " + reason);
    }
}
