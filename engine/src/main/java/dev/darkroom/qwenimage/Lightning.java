package dev.darkroom.qwenimage;

import dev.darkroom.job.Lora;
import dev.darkroom.job.LoraFile;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A distillation to a few steps that need no second pass. It was trained with a schedule of its own and gives poor pictures with another,
 * so that follows the LoRA, which is known by its file's name: {@code Qwen-Image-Edit-2509-Lightning-4steps-V1.0-bf16.safetensors}.
 *
 * <p>Source: ModelTC/Qwen-Image-Lightning, README.
 *
 * @param steps that it was made for
 */
record Lightning(int steps) {
    /** What {@code schedule} in {@code darkroom.json} says for a checkpoint that such a LoRA was merged into. */
    static final String SCHEDULE = "lightning";

    private static final Pattern STEPS = Pattern.compile("(?<!\\d)([1-9]\\d?)[-_ ]?steps?");

    /** The first such LoRA of a job, if it has an effect. */
    static Optional<Lightning> of(List<Lora> loras) {
        return loras.stream()
                .filter(lora -> lora.scale() > 0)
                .map(lora -> fileName(lora.source()))
                .filter(name -> name.contains(SCHEDULE))
                .flatMap(name -> STEPS.matcher(name).results().limit(1))
                .map(steps -> new Lightning(Integer.parseInt(steps.group(1))))
                .findFirst();
    }

    private static String fileName(String source) {
        String path = source.replaceAll("[?#].*", "");
        return path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    }

    /** The same for files. */
    static Optional<Lightning> ofFiles(List<LoraFile> files) {
        return of(
                files.stream().map(file -> new Lora(file.name(), file.scale())).toList());
    }
}
