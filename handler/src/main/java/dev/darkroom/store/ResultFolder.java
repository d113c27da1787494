package dev.darkroom.store;

import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** A folder of results under names that cannot be guessed. A file appears in it whole or not at all. */
public final class ResultFolder {
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}\\.(png|jpg|webp)");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path folder;
    private final Function<Path, URI> address;

    /** @param address where a caller finds a stored file */
    public ResultFolder(Path folder, Function<Path, URI> address) {
        this.folder = folder;
        this.address = address;
    }

    /** Writes a picture and says where it is. */
    public URI store(byte[] picture, ImageFormat format) {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        String name = HexFormat.of().formatHex(random) + "." + format.extension();
        try {
            Files.createDirectories(folder);
            Path unfinished = Files.createTempFile(folder, "unfinished-", null);
            try {
                Files.write(unfinished, picture);
                Path file = Files.move(unfinished, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                return address.apply(file.toAbsolutePath());
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the picture cannot be written to " + folder, e);
        }
    }

    /** The file of a name, if that is a result in this folder and nothing else. */
    public Optional<Path> find(String name) {
        Path file = folder.resolve(name.replace('\0', ' '));
        return NAME.matcher(name).matches() && Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }
}
