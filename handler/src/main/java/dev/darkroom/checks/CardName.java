package dev.darkroom.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the card is sold as, by what NVIDIA's driver tells of it in files. */
public final class CardName {
    private static final Path DRIVER = Path.of("/proc/driver/nvidia/gpus");
    private static final String MODEL = "Model:";

    private CardName() {}

    /** Returns the name of the only card that the driver shows; empty if there is none, or if it could be one of several. */
    public static Optional<String> find() {
        return find(DRIVER);
    }

    static Optional<String> find(Path cards) {
        try (Stream<Path> all = Files.list(cards)) {
            List<Path> files = all.map(card -> card.resolve("information"))
                    .filter(Files::isReadable)
                    .toList();
            return files.size() == 1
                    ? Files.readAllLines(files.getFirst()).stream()
                            .filter(line -> line.startsWith(MODEL))
                            .map(line -> line.substring(MODEL.length()).strip())
                            .findFirst()
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // no driver here
        }
    }
}
