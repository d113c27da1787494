package dev.darkroom.video.ffmpeg;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * FFmpeg as it comes in Bytedeco's jar, unpacked into a folder: two executables, and the libraries that they need. Several processes may
 * unpack at once: each does so beside the place, and the first one there wins.
 */
final class FfmpegFiles {
    private static final String IN_JAR = "/org/bytedeco/ffmpeg/linux-x86_64/";
    private static final String ABOUT = "/META-INF/maven/org.bytedeco/ffmpeg/pom.properties";

    private static final List<String> EXECUTABLES = List.of("ffmpeg", "ffprobe");
    private static final List<String> LIBRARIES = List.of(
            "libavcodec.so.62",
            "libavdevice.so.62",
            "libavfilter.so.11",
            "libavformat.so.62",
            "libavutil.so.60",
            "libdrm.so.2",
            "libswresample.so.6",
            "libswscale.so.9",
            "libva-drm.so.2",
            "libva.so.2");

    /** Wanted by {@code libavdevice}, which neither reads nor writes files: windows and sound. */
    private static final List<String> NEVER_CALLED =
            List.of("libasound.so.2", "libpulse.so.0", "libxcb-shm.so.0", "libxcb.so.1");

    private FfmpegFiles() {}

    /**
     * Unpacks what is not there yet: 64 MB, in less than a second.
     *
     * @param folder in which a folder of this version is made
     * @return that folder
     */
    static Path unpackedIn(Path folder) throws IOException {
        Path place = folder.toAbsolutePath().resolve("ffmpeg-" + version());
        if (Files.isDirectory(place)) {
            return place;
        }
        Files.createDirectories(place.getParent());
        Path own = Files.createTempDirectory(place.getParent(), "ffmpeg-");
        try {
            fill(own);
            Files.move(own, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(place)) { // else another process was faster, with the same files
                throw e;
            }
        } finally {
            delete(own);
        }
        return place;
    }

    private static void fill(Path folder) throws IOException {
        for (String name : LIBRARIES) {
            unpack(name, folder);
        }
        for (String name : EXECUTABLES) {
            Files.setPosixFilePermissions(unpack(name, folder), PosixFilePermissions.fromString("rwx------"));
        }
        for (String name : NEVER_CALLED) {
            Files.write(folder.resolve(name), EmptyLibrary.file());
        }
    }

    private static Path unpack(String name, Path folder) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = open(IN_JAR + name)) {
            Files.copy(in, file);
        }
        return file;
    }

    private static String version() throws IOException {
        var about = new Properties();
        try (InputStream in = open(ABOUT)) {
            about.load(in);
        }
        return about.getProperty("version");
    }

    private static InputStream open(String resource) throws IOException {
        InputStream in = FfmpegFiles.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IOException("Bytedeco's FFmpeg for Linux on x86-64 is not on the class path");
        }
        return in;
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(folder);
        }
    }
}
