package dev.darkroom.tensor;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Loads {@code operators.py} into libtorch. {@code torch::jit::load} reads a ZIP archive whose code is text, so the archive is put
 * together here and no Python is needed to make it. Loading compiles every operator: one that libtorch lacks fails at once, by name.
 *
 * <p>Source: the archive format of pytorch/pytorch, {@code torch/csrc/jit/serialization/docs/serialization.md}.
 */
final class OperatorLibrary {
    /**
     * DJL's manager, with which it registers its views of tensors; none is created through its methods, so it never sees a type that DJL
     * does not know.
     */
    static final PtNDManager MANAGER = manager();

    private static final Map<String, String> SIGNATURES = new LinkedHashMap<>();
    static final PtSymbolBlock MODULE = load();

    private OperatorLibrary() {}

    /** Signatures of all operators in the library: name → parameters as written, such as {@code x: Tensor, chunks: int, dim: int}. */
    static Map<String, String> signatures() {
        return Map.copyOf(SIGNATURES);
    }

    private static PtNDManager manager() {
        Engine engine = Engine.getEngine("PyTorch");
        useAllProcessors();
        return (PtNDManager) engine.newBaseManager(ai.djl.Device.cpu());
    }

    /** Has this thread compute on all processors: Java respects a container's CPU limit, libtorch does not. */
    static void useAllProcessors() {
        JniUtils.setNumThreads(Runtime.getRuntime().availableProcessors());
    }

    private static PtSymbolBlock load() {
        OperatorText source = OperatorText.ofProcess();
        SIGNATURES.putAll(source.signatures());
        try {
            return JniUtils.loadModule(MANAGER, new ByteArrayInputStream(archive(source.text())), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException("the operator library could not be read back", e);
        } catch (RuntimeException e) {
            throw new TensorException("libtorch does not accept the operator library: " + e.getMessage(), e);
        }
    }

    private static byte[] archive(String source) {
        String code = """
                class Ops(Module):
                  __parameters__ = []
                  __buffers__ = []
                  training : bool
                  _is_full_backward_hook : Optional[bool]
                """ + source.indent(2);
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            store(zip, "ops/version", "10\n".getBytes(StandardCharsets.UTF_8));
            store(zip, "ops/data.pkl", pickledModule());
            store(zip, "ops/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "ops/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Pickle, protocol 2: an object of class {@code __torch__.Ops} with its two attributes. */
    private static byte[] pickledModule() {
        var pickle = new ByteArrayOutputStream();
        pickle.writeBytes(new byte[] {(byte) 0x80, 2});
        pickle.writeBytes("c__torch__\nOps\n)".getBytes(StandardCharsets.US_ASCII)); // GLOBAL, EMPTY_TUPLE
        pickle.write(0x81); // NEWOBJ
        pickle.writeBytes("}(".getBytes(StandardCharsets.US_ASCII)); // EMPTY_DICT, MARK
        string(pickle, "training");
        pickle.write(0x89); // False
        string(pickle, "_is_full_backward_hook");
        pickle.writeBytes("Nub.".getBytes(StandardCharsets.US_ASCII)); // None, SETITEMS, BUILD, STOP
        return pickle.toByteArray();
    }

    private static void string(ByteArrayOutputStream pickle, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        pickle.writeBytes(new byte[] {'X', (byte) bytes.length, 0, 0, 0});
        pickle.writeBytes(bytes);
    }

    /** Adds an uncompressed entry: libtorch maps archive entries as they lie in the file. */
    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var crc = new CRC32();
        crc.update(content);
        var entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
