package dev.darkroom.weights;

import dev.darkroom.weights.file.Part;
import dev.darkroom.weights.file.Part.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads nothing, but notes what each part of a network takes. */
final class PlannedParts implements Readers {
    private final Placement placement;
    private final Map<Part, PlannedWeights> parts = new LinkedHashMap<>();

    PlannedParts(Placement placement) {
        this.placement = placement;
    }

    @Override
    public TensorReader of(Part part) {
        return parts.computeIfAbsent(part, its -> new PlannedWeights(placement));
    }

    /** What all parts take. */
    PlannedWeights whole() {
        return joined(parts.keySet());
    }

    /** What a part takes. */
    PlannedWeights only(Part part) {
        return joined(List.of(part));
    }

    private PlannedWeights joined(Collection<Part> some) {
        var joined = new PlannedWeights(placement);
        some.forEach(part -> joined.add(Objects.requireNonNull(parts.get(part), part.place())));
        return joined;
    }

    /** What stays on the device. */
    PlannedWeights resident(Holding.Streamed how) {
        List<Part> resident = new ArrayList<>(parts.keySet());
        resident.removeAll(streamed(how));
        resident.removeAll(of(Kind.TABLE));
        return joined(resident);
    }

    /** The parts that are streamed. Blocks that are not are spread evenly among them, so that copies never have to wait long for a slot. */
    List<Part> streamed(Holding.Streamed how) {
        List<Part> streamed = new ArrayList<>(of(Kind.APART));
        List<Part> blocks = of(Kind.BLOCK);
        long resident = Math.min(how.residentBlocks(), blocks.size());
        for (int i = 0; i < blocks.size(); i++) {
            if ((i + 1) * resident / blocks.size() == i * resident / blocks.size()) {
                streamed.add(blocks.get(i));
            }
        }
        return streamed;
    }

    /** The parts of a kind, in the order in which the network takes them. */
    List<Part> of(Kind kind) {
        return parts.keySet().stream().filter(part -> part.kind() == kind).toList();
    }
}
