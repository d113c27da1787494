package dev.darkroom.weights.file;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.weights.names.OtherNames;
import dev.darkroom.weights.names.OtherNames.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the checkpoint's tensors among those of a file with other names: under a prefix, renamed, or cut by rows. */
final class CheckpointNames {
    /** Where ComfyUI keeps the denoising network in its files. */
    private static final List<String> PREFIXES = List.of("model.diffusion_model.", "diffusion_model.");

    private static final String WEIGHT = ".weight";

    private final OtherNames others;

    CheckpointNames(OtherNames others) {
        this.others = others;
    }

    /**
     * Returns the checkpoint's tensors that a stored one holds; none for what is no tensor of the network.
     *
     * @throws CheckpointException if its rows cannot be cut as its name asks for
     */
    List<Stored> of(Stored stored) {
        if (others.equals(OtherNames.NONE)) {
            return List.of(stored);
        }
        String name = bare(stored.name());
        Optional<List<Part>> parts = others.parts(name);
        if (parts.isEmpty()) {
            return List.of(stored.called(name));
        }
        return parts.get().size() == 1 ? List.of(whole(stored, parts.get().getFirst())) : cut(stored, parts.get());
    }

    /** Returns the checkpoint's layers whose weights the weight of a stored layer holds. */
    List<String> layers(String stored) {
        if (others.equals(OtherNames.NONE)) {
            return List.of(stored);
        }
        String name = bare(stored);
        return others.parts(name + WEIGHT)
                .map(parts -> parts.stream()
                        .map(part -> part.name().substring(0, part.name().length() - WEIGHT.length()))
                        .toList())
                .orElse(List.of(name));
    }

    private static String bare(String name) {
        return PREFIXES.stream()
                .filter(name::startsWith)
                .findFirst()
                .map(prefix -> name.substring(prefix.length()))
                .orElse(name);
    }

    private static Stored whole(Stored stored, Part part) {
        return part.swapsHalves() ? stored.called(part.name()).swappingHalves() : stored.called(part.name());
    }

    private static List<Stored> cut(Stored stored, List<Part> parts) {
        // a scale that all parts share, or a remark on all of them
        if (!parts.isEmpty() && (stored.elements() <= 1 || Fp8Remarks.isOne(stored.name()))) {
            return parts.stream().map(part -> stored.called(part.name())).toList();
        }
        int shares = parts.stream().mapToInt(Part::share).sum();
        List<Stored> cut = new ArrayList<>();
        long row = 0;
        for (Part part : parts) {
            long rows = stored.rows() / shares * part.share();
            if (stored.rows() % shares != 0 || !stored.canBeCut()) {
                throw new CheckpointException(stored.file() + ": tensor " + stored.name() + " of the shape "
                        + stored.entry().shape() + " cannot be cut into " + parts.size() + " by its rows");
            }
            cut.add(whole(stored.rows(row, rows), part));
            row += rows;
        }
        return cut;
    }
}
