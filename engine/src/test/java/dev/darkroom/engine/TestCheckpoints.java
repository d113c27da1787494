package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;

/** Checkpoints of this repository: where they lie, copies of them, and changes to their files. */
public final class TestCheckpoints {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home", ".."));

    public static final Path PAYLOADS = HOME.resolve("test-payloads");

    /** In one piece each, with files that the worker does not read. */
    public static final Path POCKET_FLUX = PAYLOADS.resolve("models/pocket-flux");

    public static final Path POCKET_EDIT = PAYLOADS.resolve("models/pocket-qwen-edit");

    /** Reference results, and the tiny checkpoints that they are of. */
    public static final Path GOLDENS = HOME.resolve("engine/src/test/resources/goldens");

    private static final ObjectMapper JSON = new ObjectMapper();

    private TestCheckpoints() {}

    /** Copies a checkpoint, over what is there already. */
    public static Path copy(Path from, Path to) throws IOException {
        for (Path file : files(from)) {
            Path copy = to.resolve(from.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.write(copy, Files.readAllBytes(file));
        }
        return to;
    }

    /** Changes a file that is a JSON object. */
    public static void edit(Path file, Consumer<ObjectNode> change) throws IOException {
        var json = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
        change.accept(json);
        Files.write(file, JSON.writeValueAsBytes(json));
    }

    /** Content by path. */
    public static Map<String, byte[]> contents(Path folder) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        for (Path file : files(folder)) {
            contents.put(folder.relativize(file).toString(), Files.readAllBytes(file));
        }
        return contents;
    }

    /** Deletes the files of a folder whose names hold a word. */
    public static void empty(Path folder, String word) throws IOException {
        for (Path file : files(folder)) {
            if (file.getFileName().toString().contains(word)) {
                Files.delete(file);
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Expects a refusal of what is read that holds these words. */
    public static ThrowableAssertAlternative<CheckpointException> assertRefused(
            ThrowingCallable reading, String... words) {
        var refusal = assertThatExceptionOfType(CheckpointException.class).isThrownBy(reading);
        for (String word : words) {
            refusal.withMessageContaining(word);
        }
        return refusal;
    }
}
