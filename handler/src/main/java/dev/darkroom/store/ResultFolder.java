package dev.darkroom.store;

import dev.darkroom.job.FileFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Stores results in a folder under names that cannot be guessed. A file appears in it whole or not at all. */
public final class ResultFolder implements ResultStore {
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}\\.(png|jpg|webp|mp4|webm|gif|zip)");

    private final Path folder;
    private final Function<Path, URI> address;
    private final KeptFiles files;

    /**
     * Creates nothing yet: the folder need not be there.
     *
     * @param address gives the address at which a caller reads a stored file
     * @param kept how long results stay; empty keeps them for ever
     */
    public ResultFolder(Path folder, Function<Path, URI> address, Optional<Duration> kept) {
        this.folder = folder;
        this.address = address;
        this.files = new KeptFiles(folder, NAME, kept);
    }

    /** Returns the {@code file:} URI of this folder, with a slash at the end. */
    public String location() {
        String location = folder.toAbsolutePath().toUri().toString();
        return location.endsWith("/") ? location : location + "/";
    }

    /** Writes a picture and returns its address. */
    URI store(byte[] picture, FileFormat format) {
        return store(picture, format, true);
    }

    private URI store(byte[] picture, FileFormat format, boolean lasting) {
        try {
            String name = ResultName.unguessable(format);
            Path file = lasting ? files.write(name, picture) : files.writeSoon(name, picture);
            return address.apply(file.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException("the picture cannot be written to " + folder, e);
        }
    }

    /** Writes a picture under a name that reveals nothing of its job to readers of the address. */
    @Override
    public URI store(ResultName name, byte[] picture, FileFormat format) throws StoreException {
        return named(picture, format, true);
    }

    /** Writes a picture as {@link #store} does; it is read at its address at once, and is on the disk a moment later. */
    @Override
    public URI storeSoon(ResultName name, byte[] picture, FileFormat format) throws StoreException {
        return named(picture, format, false);
    }

    private URI named(byte[] picture, FileFormat format, boolean lasting) throws StoreException {
        try {
            return store(picture, format, lasting);
        } catch (UncheckedIOException e) {
            throw new StoreException("the worker's folder of results cannot be written", e);
        }
    }

    /** Returns the file of that name, if it is a result in this folder and nothing else. */
    public Optional<Path> find(String name) {
        return files.find(name);
    }

    /** Deletes results that are old enough; does nothing if it was called a moment ago. */
    public void sweep() throws IOException {
        files.sweep();
    }
}
