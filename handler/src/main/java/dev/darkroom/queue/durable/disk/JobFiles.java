package dev.darkroom.queue.durable.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** A folder of requests and answers, a file each, as they can be large. Only the worker's own user can read them. */
final class JobFiles {
    static final String UNFINISHED = ".tmp";
    private static final AtomicLong WRITES = new AtomicLong();

    private final Path folder;

    JobFiles(Path folder) throws IOException {
        this.folder = folder;
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, permissions(folder.toAbsolutePath(), "rwx------"));
        }
    }

    Path folder() {
        return folder;
    }

    /** Creates an empty file that only this user can read, unless it exists. */
    Path create(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            Files.createFile(file, permissions(file, "rw-------"));
        }
        return file;
    }

    /** Writes a file whole or not at all; with {@code lasting} it is on the disk when this returns. */
    void write(String name, byte[] content, boolean lasting) {
        // two may write the same at the same time
        String temporary = name + "." + WRITES.incrementAndGet() + UNFINISHED;
        Path unfinished = folder.resolve(temporary);
        try {
            Files.deleteIfExists(unfinished);
            create(temporary);
            try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                if (lasting) {
                    channel.force(true);
                }
            }
            Files.move(unfinished, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            if (lasting) {
                syncFolder();
            }
        } catch (IOException e) {
            delete(temporary);
            throw new UncheckedIOException("the job cannot be written to " + folder, e);
        }
    }

    byte[] read(String name) {
        try {
            return Files.readAllBytes(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("the job cannot be read from " + folder, e);
        }
    }

    boolean has(String name) {
        return Files.exists(folder.resolve(name));
    }

    /** Deletes a file; one that cannot be deleted now goes when the worker starts again. */
    void delete(String name) {
        try {
            Files.deleteIfExists(folder.resolve(name));
        } catch (IOException e) {
            // see above
        }
    }

    /** Deletes files with one of the endings that are not to be kept. */
    void sweep(Set<String> endings, Predicate<String> kept) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                boolean ours = name.endsWith(UNFINISHED) || endings.stream().anyMatch(name::endsWith);
                if (ours && !kept.test(name)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Moves everything that is in the folder into a folder of its own there. */
    void setAside(String name) throws IOException {
        Path aside = Files.createDirectory(folder.resolve(name), permissions(folder, "rwx------"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            for (Path file : files) {
                Files.move(file, aside.resolve(file.getFileName()));
            }
        }
    }

    /** Moves those of the files that exist into a folder, over others with their names. */
    void setAside(String name, List<String> files) throws IOException {
        Path aside = folder.resolve(name);
        if (!Files.isDirectory(aside)) {
            Files.createDirectory(aside, permissions(folder, "rwx------"));
        }
        for (String file : files) {
            if (has(file)) {
                Files.move(folder.resolve(file), aside.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void syncFolder() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static FileAttribute<?>[] permissions(Path path, String who) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(who))}
                : new FileAttribute<?>[0];
    }
}
