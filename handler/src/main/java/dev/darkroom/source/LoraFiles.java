package dev.darkroom.source;

import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Lora;
import dev.darkroom.job.LoraFile;
import dev.darkroom.net.WebAddress;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds the files of the LoRAs that jobs ask for: below one of the allowed folders, or fetched from the web into a folder of this worker.
 * Several threads may ask at once.
 */
public final class LoraFiles implements AutoCloseable {
    private static final String EXTENSION = ".safetensors";

    private final AllowedFolders folders;
    private final long largestFile;
    private final FetchedLoras fetched;

    /**
     * Opens nothing yet.
     *
     * @param sources whose rules of hosts and patience hold for LoRAs too
     * @param folder for fetched files; need not be there yet
     * @param vertx does the fetching, and stays open when this is closed
     */
    public LoraFiles(LoraSettings settings, SourceSettings sources, Path folder, Vertx vertx) {
        this.folders = new AllowedFolders(settings.roots().orElse(List.of()));
        this.largestFile = settings.largestFile().asLongValue();
        this.fetched = new FetchedLoras(
                settings, FetchRules.ofLoras(settings, sources), sources.allowedHosts(), folder, vertx);
    }

    /** Files that stay where they are until this is closed. */
    public final class Held implements AutoCloseable {
        private final List<LoraFile> files = new ArrayList<>();
        private final List<String> urls = new ArrayList<>();

        private Held() {}

        /** Returns the files, in the order that they were asked for. */
        public List<LoraFile> files() {
            return List.copyOf(files);
        }

        @Override
        public void close() {
            urls.forEach(fetched::release);
            urls.clear();
        }
    }

    /**
     * Brings the LoRAs of a job onto this machine; may take as long as the settings allow, and ends early when the thread is interrupted.
     * Not for an event loop's thread.
     *
     * @throws JobException with {@code BAD_INPUT} if one must not or cannot be read or is no safetensors file, {@code FETCH_FAILED} if
     *     its server did not give it
     */
    public Held hold(List<Lora> loras) throws InterruptedException {
        var held = new Held();
        boolean all = false;
        try {
            for (int i = 0; i < loras.size(); i++) {
                add("loras[" + i + "]", loras.get(i), held);
            }
            all = true;
            return held;
        } catch (IOException e) {
            throw new JobException(JobException.Code.INTERNAL, "loras: this worker cannot keep them", e);
        } finally {
            if (!all) {
                held.close();
            }
        }
    }

    private void add(String field, Lora lora, Held held) throws InterruptedException, IOException {
        String source = lora.source().strip();
        switch (SourceKind.of(source)) {
            case URL -> {
                Path file = fetched.hold(field, source);
                held.urls.add(source);
                held.files.add(file(file, nameOf(source), lora));
            }
            case PATH, BASE64 -> {
                Path file = find(field, source);
                held.files.add(file(file, String.valueOf(file.getFileName()), lora));
            }
            case DATA_URI, OTHER_SCHEME ->
                throw JobException.badInput(field + ": must be an http or https URL, or a path, not "
                        + Faults.quoted((Object) SourceKind.scheme(source)) + ":");
        }
    }

    /** Finds a file below one of the folders; the text may leave out its extension. */
    private Path find(String field, String text) throws IOException {
        Path file = Stream.of(text, text + EXTENSION)
                .flatMap(name -> folders.find(name).stream())
                .filter(Files::isReadable)
                .findFirst()
                .orElseThrow(
                        () -> JobException.badInput(
                                field
                                        + ": must be an http or https URL, or a readable file below one of the folders in DARKROOM_LORAS_ROOTS"));
        if (Files.size(file) > largestFile) {
            throw SourceImages.tooLarge(field, largestFile);
        }
        SafetensorsStart.check(field, "the file", file);
        return file;
    }

    private static LoraFile file(Path file, String name, Lora lora) throws IOException {
        Map<String, Object> facts = Files.readAttributes(file, "unix:size,ino,lastModifiedTime,ctime");
        String identity = file + " " + new TreeMap<>(facts); // a copy may keep its time, but not when it was made
        return new LoraFile(file, identity, name, lora.scale());
    }

    /** Returns the last part of a URL's path, or its host. */
    private static String nameOf(String url) {
        WebAddress address = WebAddress.of(url);
        String path = address.uri().getPath();
        String last = path.substring(path.lastIndexOf('/') + 1);
        return last.isBlank() ? address.host() : last;
    }

    @Override
    public void close() {
        fetched.close();
    }
}
