package dev.darkroom.golden;

import dev.darkroom.gpu.Ready;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code make golden}: compares with every golden below a directory, a line a case, and fails if one differs or none was found. */
public final class GoldenMain {
    private static final int DEPTH = 5;

    private static final List<GoldenFamily> FAMILIES = List.of(
            DeforumGoldens.FAMILY,
            FluxGoldens.FAMILY,
            Flux2Goldens.FAMILY,
            Flux2Goldens.DEV,
            QwenGoldens.FAMILY,
            LongCatGoldens.FAMILY,
            ZImageGoldens.FAMILY);

    private GoldenMain() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        String family = arguments.length > 1 ? arguments[1] : "";
        Ready.make(GoldenTensors.DEVICE);
        int failed = 0;
        List<GoldenCase> cases = cases(root, family);
        for (GoldenCase golden : cases) {
            GoldenCase.Verdict verdict = golden.verdict();
            System.out.println(verdict);
            if (!verdict.passed()) {
                verdict.comparisons().forEach(comparison -> System.out.println("    " + comparison));
            }
            failed += verdict.passed() ? 0 : 1;
        }
        System.out.printf("%d passed, %d failed%n", cases.size() - failed, failed);
        if (cases.isEmpty()) {
            System.err.println(
                    "no goldens of " + (family.isEmpty() ? "a known family" : family) + " lie below " + root);
        }
        System.exit(failed > 0 || cases.isEmpty() ? 1 : 0);
    }

    /** All cases below a directory; {@code family} empty means every family that is known. */
    static List<GoldenCase> cases(Path root, String family) throws IOException {
        List<GoldenCase> cases = new ArrayList<>();
        Checkpoints checkpoints = Checkpoints.around(root);
        for (Path manifest : find(root, "manifest.json")) {
            Path folder = manifest.getParent();
            if (LoraGoldens.has(manifest)) {
                cases.addAll(wanted(family, LoraGoldens.NAME) ? LoraGoldens.cases(folder, checkpoints) : List.of());
                continue;
            }
            String text = Files.readString(manifest);
            if (DepthGoldens.has(folder, text)) {
                cases.addAll(wanted(family, DepthGoldens.NAME) ? DepthGoldens.cases(folder) : List.of());
                continue;
            }
            FAMILIES.stream()
                    .filter(known -> wanted(family, known.name()) && known.has(folder, text))
                    .findFirst()
                    .ifPresent(known -> cases.addAll(known.cases(folder, checkpoints)));
        }
        if (!wanted(family, "flux")) {
            return cases;
        }
        for (Path index : find(root, "index.json")) {
            Path folder = index.getParent();
            for (Path checkpoint : checkpoints.folders()) {
                if (checkpoint.getFileName().equals(folder.getFileName())) {
                    cases.addAll(PocketGoldens.cases(folder, checkpoint));
                }
            }
        }
        return cases;
    }

    private static boolean wanted(String asked, String family) {
        return asked.isEmpty() || asked.equals(family);
    }

    private static List<Path> find(Path root, String name) throws IOException {
        try (Stream<Path> files =
                Files.find(root.toAbsolutePath().normalize(), DEPTH, (path, attributes) -> path.endsWith(name))) {
            return files.sorted().toList();
        }
    }
}
