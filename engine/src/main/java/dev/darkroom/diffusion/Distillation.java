package dev.darkroom.diffusion;

import dev.darkroom.job.Lora;
import dev.darkroom.job.LoraFile;
import dev.darkroom.schedule.FlowMatchSchedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A LoRA that distils its model to a few steps, which need no second pass. The LoRA decides the number of steps, and for some families the
 * schedule, since it gives poor pictures with others. It is recognised by its file's name:
 * {@code Qwen-Image-Edit-2509-Lightning-4steps-V1.0-bf16.safetensors}, {@code Hyper-FLUX.1-dev-8steps-lora.safetensors},
 * {@code FLUX.1-Turbo-Alpha.safetensors}, {@code flux.2-turbo-lora.safetensors}, {@code Z-Image-Fun-Lora-Distill-8-Steps-2603.safetensors}.
 *
 * <p>Weights that such a LoRA was merged into are known in the same way.
 *
 * <p>Source: the model cards of ModelTC/Qwen-Image-Lightning, ByteDance/Hyper-SD, alimama-creative/FLUX.1-Turbo-Alpha,
 * fal/FLUX.2-dev-Turbo and alibaba-pai/Z-Image-Fun-Lora-Distill.
 *
 * @param name for messages: {@code Lightning}, {@code Hyper}, {@code Turbo} or {@code Distill}
 * @param steps number of steps that the LoRA was made for
 */
record Distillation(String name, int steps) {
    private static final String LIGHTNING = "Lightning";

    private static final Pattern NAME =
            Pattern.compile("lightning|(?<![a-z]|(?<![a-z])de[-_. ])(hyper|turbo|distill)(?![a-z])");
    private static final Pattern STEPS = Pattern.compile("(?<!\\d)([1-9]\\d?)[-_ ]?steps?");
    private static final Pattern TURBO = Pattern.compile(
            "(?<![a-z])turbo[-_. ]?alpha(?![a-z])|(?<![a-z])flux[-_. ]?2(?!\\d).*(?<![a-z])turbo(?![a-z])");

    /** Finds the first distillation among the LoRAs of a job whose scale is above 0. */
    static Optional<Distillation> of(List<Lora> loras, Family family) {
        return loras.stream()
                .filter(lora -> lora.scale() > 0)
                .flatMap(lora -> named(fileName(lora.source()), family).stream())
                .findFirst();
    }

    /** Finds the first distillation among LoRA files whose scale is above 0. */
    static Optional<Distillation> ofFiles(List<LoraFile> files, Family family) {
        return of(
                files.stream().map(file -> new Lora(file.name(), file.scale())).toList(), family);
    }

    /**
     * Finds the distillation that a transformer's weights were merged with, by the name of their file:
     * {@code qwen_image_edit_2511_fp8_e4m3fn_scaled_lightning_comfyui_4steps_v1.0.safetensors}. A file that names steps alone, as
     * {@code qwen_image_2512_fp8_e4m3fn_scaled_comfyui_4steps_v1.0.safetensors} does, is taken for a Lightning.
     *
     * @param folder of the component
     */
    static Optional<Distillation> ofWeights(Path folder, Family family) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString().toLowerCase(Locale.ROOT))
                    .filter(file -> file.endsWith(".safetensors") || file.endsWith(".gguf"))
                    .sorted()
                    .flatMap(file ->
                            named(file, family)
                                    .or(() -> steps(file).map(count -> new Distillation(LIGHTNING, count)))
                                    .stream())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // that the folder is missing is told where its weights are looked for
        }
    }

    /** Chooses the schedule that it was trained with, where a checkpoint's own is {@code usual}. */
    FlowMatchSchedule schedule(Family family, FlowMatchSchedule usual) {
        return switch (name) {
            case LIGHTNING -> family.lightning(usual);
            case "Turbo" -> family.turbo(usual, steps);
            default -> usual;
        };
    }

    /** A Turbo that names no steps has those of its family; where there is none of the kind, the name says nothing. */
    private static Optional<Distillation> named(String file, Family family) {
        Optional<String> name =
                NAME.matcher(file).results().map(MatchResult::group).findFirst();
        Optional<Integer> steps =
                steps(file).or(() -> TURBO.matcher(file).find() ? family.turboSteps() : Optional.empty());
        return name.flatMap(known -> steps.map(count -> new Distillation(capitalised(known), count)));
    }

    private static Optional<Integer> steps(String file) {
        return STEPS.matcher(file)
                .results()
                .map(match -> Integer.parseInt(match.group(1)))
                .findFirst();
    }

    private static String capitalised(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    private static String fileName(String source) {
        String path = source.replaceAll("[?#].*", "");
        return path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    }
}
