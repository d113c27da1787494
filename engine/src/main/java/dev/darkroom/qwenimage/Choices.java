package dev.darkroom.qwenimage;

import dev.darkroom.job.Limits;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.lora.ModelLoras;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.weights.ConfigFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a run is made with: what the job says; or else what a Lightning LoRA of the job wants; or else what the checkpoint's
 * {@code darkroom.json} says; or else the defaults of the published model cards, or of a distillation if it is one.
 *
 * @param usual the checkpoint's own schedule
 * @param own LoRAs that the checkpoint is always used with
 */
record Choices(CheckpointDefaults defaults, Limits limits, FlowMatchSchedule usual, List<LoraFile> own) {
    private static final int LONGEST_SEQUENCE = 1024;
    private static final int USUAL_LIGHTNING_STEPS = 8;

    /** What the published examples steer away from where the caller names nothing. */
    private static final String NOTHING = " ";

    /** @throws dev.darkroom.weights.CheckpointException that names the field at fault */
    static Choices of(Path checkpoint, ModelLoras loras, Limits limits) {
        FlowMatchSchedule schedule = schedule(checkpoint);
        CheckpointDefaults usual = schedule.equals(FlowMatchSchedule.lightning())
                ? QwenKind.lightningDefaults(USUAL_LIGHTNING_STEPS)
                : QwenKind.DEFAULTS;
        CheckpointDefaults defaults = Lightning.ofFiles(loras.own())
                .map(lightning -> QwenKind.lightningDefaults(lightning.steps()))
                .orElse(usual);
        return new Choices(defaults.overriddenBy(checkpoint, LONGEST_SEQUENCE), limits, schedule, loras.own());
    }

    /** The one of {@code scheduler/}, or the one that {@code darkroom.json} names. */
    private static FlowMatchSchedule schedule(Path checkpoint) {
        ConfigFile file = ConfigFile.readIfPresent(checkpoint.resolve("darkroom.json"));
        String name = file.text("schedule", "");
        if (!name.isEmpty() && !name.equals(Lightning.SCHEDULE)) {
            throw file.error("schedule", "must be " + Lightning.SCHEDULE + ", not " + name);
        }
        return name.isEmpty()
                ? FlowMatchSchedule.read(ConfigFile.read(checkpoint.resolve("scheduler/scheduler_config.json")))
                : FlowMatchSchedule.lightning();
    }

    QwenRequest request(Sampling ask, String prompt, Size size) {
        double trueCfgScale = trueCfgScale(ask);
        String negative = trueCfgScale > 1 && ask.negativePrompt() == null ? NOTHING : ask.negativePrompt();
        return new QwenRequest(
                prompt,
                negative,
                size,
                Math.min(steps(ask), limits.steps()),
                trueCfgScale,
                defaults.maxSequenceLength());
    }

    private int steps(Sampling ask) {
        return Optional.ofNullable(ask.steps())
                .orElseGet(() -> Lightning.of(ask.loras()).map(Lightning::steps).orElse(defaults.steps()));
    }

    double trueCfgScale(Sampling ask) {
        return Optional.ofNullable(ask.trueCfgScale())
                .orElseGet(() -> Lightning.of(ask.loras()).isPresent() ? 1 : defaults.trueCfgScale());
    }

    FlowMatchSchedule schedule(Sampling ask) {
        return usesLightning(ask) ? FlowMatchSchedule.lightning() : usual;
    }

    boolean usesLightning(Sampling ask) {
        return Lightning.of(ask.loras()).or(() -> Lightning.ofFiles(own)).isPresent();
    }
}
