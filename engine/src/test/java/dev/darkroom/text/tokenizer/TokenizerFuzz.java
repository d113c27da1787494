package dev.darkroom.text.tokenizer;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.fuzz.ScratchFile;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Any bytes as {@code tokenizer.json}: refused, or a tokenizer that reads a prompt. The library behind it is native. */
public final class TokenizerFuzz {
    private static final String PROMPT = "a red círcle, 夜 \uD83C\uDF19";
    private static final ScratchFile FILE = new ScratchFile("tokenizer.json");
    private static final List<Consumer<Path>> READERS = List.of(
            folder -> T5Tokenizer.read(folder).encode(PROMPT, 16),
            folder -> ClipTokenizer.read(folder, 16).encode(PROMPT),
            folder -> Qwen2Tokenizer.read(folder).encode(PROMPT),
            folder -> MistralTokenizer.read(folder).padded(PROMPT, 64));

    private TokenizerFuzz() {}

    public static void fuzzerTestOneInput(byte[] content) {
        Path folder = FILE.holding(content).getParent();
        for (Consumer<Path> reader : READERS) {
            try {
                reader.accept(folder);
            } catch (CheckpointException e) {
                continue; // refused, as it should be
            }
        }
    }
}
