package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.depth.DepthConfig;
import dev.darkroom.depth.DepthPreprocessor;
import dev.darkroom.depth.Dinov2Config;
import dev.darkroom.flux.FluxCheckpoint;
import dev.darkroom.flux.FluxConfig;
import dev.darkroom.flux2.Flux2Checkpoint;
import dev.darkroom.flux2.Flux2Config;
import dev.darkroom.flux2.TinyFlux2;
import dev.darkroom.longcat.LongCatCheckpoint;
import dev.darkroom.longcat.LongCatTransformer;
import dev.darkroom.longcat.TinyLongCat;
import dev.darkroom.qwenimage.QwenImageCheckpoint;
import dev.darkroom.qwenimage.QwenImageConfig;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.MistralEncoder;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.text.Qwen25VlLanguageModel;
import dev.darkroom.text.Qwen25VlVisionTower;
import dev.darkroom.text.Qwen2VlImageProcessor;
import dev.darkroom.text.Qwen3Encoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.text.TransformersKeys;
import dev.darkroom.text.tokenizer.ClipTokenizer;
import dev.darkroom.text.tokenizer.MistralTokenizer;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import dev.darkroom.text.tokenizer.T5Tokenizer;
import dev.darkroom.text.tokenizer.TokenizerSettings;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.vae.AutoencoderKLFlux2;
import dev.darkroom.vae.AutoencoderKLQwenImage;
import dev.darkroom.zimage.ZImageCheckpoint;
import dev.darkroom.zimage.ZImageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of docs/checkpoints.md says of every key of every config what the code does with it, and nothing else. */
class ConfigTableTest {
    private static final String HEAD = "| file | used | must be, where it is there | without effect |";

    private static final Path DEPTH = TestCheckpoints.GOLDENS.resolve("tiny-depth-anything-v2-relative");

    static List<ConfigKeys> kinds() {
        return List.of(
                FluxCheckpoint.CLASSES.keys(),
                QwenImageCheckpoint.CLASSES.keys(),
                LongCatCheckpoint.CLASSES.keys(),
                Flux2Checkpoint.CLASSES_OF_KLEIN.keys(),
                Flux2Checkpoint.CLASSES_OF_DEV.keys(),
                ZImageCheckpoint.CLASSES.keys(),
                FlowMatchSchedule.KEYS,
                FluxConfig.KEYS,
                QwenImageConfig.KEYS,
                LongCatTransformer.KEYS,
                Flux2Config.KEYS,
                ZImageConfig.KEYS,
                AutoencoderKL.Config.KEYS,
                AutoencoderKLQwenImage.Config.KEYS,
                AutoencoderKLFlux2.Config.KEYS,
                TransformersKeys.ANY,
                ClipTextEncoder.Config.KEYS,
                T5Encoder.Config.KEYS,
                Qwen25VlEncoder.Config.KEYS,
                Qwen25VlLanguageModel.Config.KEYS,
                Qwen25VlLanguageModel.Config.ROPE_KEYS,
                Qwen25VlVisionTower.Config.KEYS,
                Qwen3Encoder.Config.KEYS,
                MistralEncoder.Config.KEYS,
                MistralEncoder.Config.TEXT_KEYS,
                MistralEncoder.Config.ROPE_KEYS,
                TokenizerSettings.ANY,
                ClipTokenizer.KEYS,
                T5Tokenizer.KEYS,
                Qwen2Tokenizer.KEYS,
                Qwen2Tokenizer.CHAT_KEYS,
                MistralTokenizer.KEYS,
                TokenizerSettings.MAP_KEYS,
                Qwen2VlImageProcessor.KEYS,
                DepthConfig.KEYS,
                Dinov2Config.KEYS,
                DepthPreprocessor.KEYS);
    }

    @Test
    void theTableIsThatOfTheCode() throws IOException {
        String page = Files.readString(TestCheckpoints.PAYLOADS.resolveSibling("docs/checkpoints.md"));
        String expected = kinds().stream().map(ConfigTableTest::row).collect(Collectors.joining("\n"));

        assertThat(page).contains(HEAD);
        assertThat(page.substring(page.indexOf(HEAD)).lines().skip(2).takeWhile(line -> line.startsWith("|")))
                .as("write this into docs/checkpoints.md:\n%s", expected)
                .containsExactlyElementsOf(expected.lines().toList());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aKeyHasOneMeaning(ConfigKeys kind) {
        assertThat(Stream.of(kind.used(), kind.fixed().keySet(), kind.idle().keySet())
                        .flatMap(Collection::stream))
                .isNotEmpty()
                .doesNotHaveDuplicates();
    }

    static Stream<Arguments> readers() {
        Path flux = TestCheckpoints.POCKET_FLUX;
        Path qwen = TestCheckpoints.POCKET_EDIT;
        Path zImage = TestCheckpoints.GOLDENS.resolve("tiny-zimage");
        return Stream.of(
                reader(flux, "scheduler/scheduler_config.json", FlowMatchSchedule.KEYS, FlowMatchSchedule::read),
                reader(flux, "transformer/config.json", FluxConfig.KEYS, FluxConfig::read),
                reader(flux, "vae/config.json", AutoencoderKL.Config.KEYS, AutoencoderKL.Config::read),
                reader(flux, "text_encoder/config.json", ClipTextEncoder.Config.KEYS, ClipTextEncoder.Config::read),
                reader(flux, "text_encoder_2/config.json", T5Encoder.Config.KEYS, T5Encoder.Config::read),
                reader(TinyLongCat.IMAGE, "transformer/config.json", LongCatTransformer.KEYS, LongCatTransformer::read),
                reader(qwen, "transformer/config.json", QwenImageConfig.KEYS, QwenImageConfig::read),
                reader(zImage, "transformer/config.json", ZImageConfig.KEYS, ZImageConfig::read),
                reader(TinyFlux2.KLEIN, "transformer/config.json", Flux2Config.KEYS, Flux2Config::read),
                reader(
                        TinyFlux2.KLEIN,
                        "vae/config.json",
                        AutoencoderKLFlux2.Config.KEYS,
                        AutoencoderKLFlux2.Config::read),
                reader(DEPTH, "config.json", DepthConfig.KEYS, DepthConfig::read),
                reader(
                        DEPTH,
                        "preprocessor_config.json",
                        DepthPreprocessor.KEYS,
                        file -> DepthPreprocessor.read(file, 14)),
                reader(
                        qwen,
                        "vae/config.json",
                        AutoencoderKLQwenImage.Config.KEYS,
                        AutoencoderKLQwenImage.Config::read));
    }

    private static Arguments reader(Path checkpoint, String file, ConfigKeys kind, Consumer<ConfigFile> reader) {
        return Arguments.of(checkpoint.resolve(file), kind, reader);
    }

    @ParameterizedTest
    @MethodSource("readers")
    void whatIsListedAsUsedIsRead(Path path, ConfigKeys kind, Consumer<ConfigFile> reader) {
        ConfigFile file = ConfigFile.read(path);
        reader.accept(file);

        assertThat(file.read()).containsAll(kind.used()).isSubsetOf(knownTo(kind));
    }

    private static List<String> knownTo(ConfigKeys kind) {
        return Stream.concat(kind.used().stream(), kind.fixed().keySet().stream())
                .toList();
    }

    /** One line of the table; what a kind shares with others of its library stands in the line of these. */
    private static String row(ConfigKeys kind) {
        Optional<ConfigKeys> base = Stream.of(TransformersKeys.ANY, TokenizerSettings.ANY)
                .filter(any -> !any.equals(kind)
                        && kind.idle().keySet().containsAll(any.idle().keySet()))
                .findFirst();
        List<String> used = new ArrayList<>(kind.used());
        Map<String, List<Object>> fixed = new LinkedHashMap<>(kind.fixed());
        Map<String, String> idle = new LinkedHashMap<>(kind.idle());
        base.ifPresent(any -> {
            used.removeAll(any.used());
            fixed.keySet().removeAll(any.fixed().keySet());
            idle.keySet().removeAll(any.idle().keySet());
        });
        Stream.of(
                        FluxCheckpoint.CLASSES,
                        QwenImageCheckpoint.CLASSES,
                        LongCatCheckpoint.CLASSES,
                        Flux2Checkpoint.CLASSES_OF_KLEIN,
                        Flux2Checkpoint.CLASSES_OF_DEV,
                        ZImageCheckpoint.CLASSES)
                .filter(classes -> classes.keys().equals(kind))
                .forEach(classes -> new TreeMap<>(classes.byComponent()).forEach((name, types) -> {
                    used.remove(name);
                    fixed.put(name, List.copyOf(types));
                }));
        String values = fixed.entrySet().stream()
                .map(key -> code(key.getKey()) + " "
                        + key.getValue().stream().map(ConfigTableTest::code).collect(Collectors.joining(" or ")))
                .collect(Collectors.joining("; "));
        Map<String, Set<String>> reasons = new TreeMap<>();
        idle.forEach((key, reason) ->
                reasons.computeIfAbsent(reason, any -> new TreeSet<>()).add(key));
        String without = Stream.concat(
                        base.stream().map(any -> "as of " + any.file()),
                        reasons.entrySet().stream().map(reason -> reason.getKey() + ": " + codes(reason.getValue())))
                .collect(Collectors.joining("; "));
        return "| " + kind.file() + " | " + codes(used) + " | " + values + " | " + without + " |";
    }

    private static String codes(Collection<String> keys) {
        return keys.stream().map(ConfigTableTest::code).collect(Collectors.joining(" "));
    }

    private static String code(Object value) {
        return "`" + String.valueOf(value).replace("|", "\\|") + "`";
    }
}
