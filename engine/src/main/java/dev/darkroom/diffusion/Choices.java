package dev.darkroom.diffusion;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.lora.ModelLoras;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the choices of a run, each from the first of these that states one: the job; a distillation LoRA of the job; the checkpoint's
 * {@code darkroom.json}; a distillation LoRA that the checkpoint is always used with, or that its weights were merged with, as the name of
 * their file says; the reference's defaults.
 *
 * @param defaults values for what the job leaves open
 * @param usual the checkpoint's own schedule
 * @param own LoRAs that the checkpoint is always used with
 */
record Choices(
        Pipeline pipeline, CheckpointDefaults defaults, Limits limits, FlowMatchSchedule usual, List<LoraFile> own) {
    private static final String GUIDANCE_SCALE = "guidance_scale";
    private static final String LIGHTNING = "lightning";
    private static final int LIGHTNING_STEPS = 8;
    private static final Size SMALL = new Size(64, 64);

    /**
     * Reads a checkpoint's own defaults and schedule.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
     */
    static Choices of(Path checkpoint, Pipeline pipeline, ModelLoras loras, Limits limits) {
        Family family = pipeline.family();
        Optional<Distillation> merged = Distillation.ofWeights(checkpoint.resolve("transformer"), family);
        FlowMatchSchedule stated = schedule(checkpoint, family);
        FlowMatchSchedule schedule = merged.filter(distillation -> !stated.equals(FlowMatchSchedule.lightning()))
                .map(distillation -> distillation.schedule(family, stated))
                .orElse(stated);
        CheckpointDefaults reference = pipeline.defaults();
        CheckpointDefaults distilled = Distillation.ofFiles(loras.own(), family)
                .or(() -> merged)
                .map(distillation -> reference.distilledTo(distillation.steps()))
                .orElse(
                        schedule.equals(FlowMatchSchedule.lightning())
                                ? reference.distilledTo(LIGHTNING_STEPS)
                                : reference);
        return new Choices(
                pipeline,
                meant(
                        checkpoint,
                        family.guidance(),
                        distilled.overriddenBy(checkpoint, family.longestSequence(), family.ownFields())),
                limits,
                schedule,
                loras.own());
    }

    /**
     * Takes a guidance scale of {@code darkroom.json} for the scale of true CFG, where the reference means that by it; refuses one that a job
     * would be refused for.
     */
    private static CheckpointDefaults meant(Path checkpoint, Guidance guidance, CheckpointDefaults stated) {
        ConfigFile file = ConfigFile.readIfPresent(checkpoint.resolve("darkroom.json"));
        if (!file.has(GUIDANCE_SCALE)) {
            return stated;
        }
        guidance.refusal(stated.guidanceScale()).ifPresent(refusal -> {
            throw file.error(GUIDANCE_SCALE, "is not read: " + refusal);
        });
        if (guidance.singlePass() != null && file.has("true_cfg_scale")) {
            throw file.error(GUIDANCE_SCALE, Guidance.SAME_AS_TRUE_CFG_SCALE);
        }
        return guidance.trueCfgScale(stated.guidanceScale())
                .map(stated::guidedBy)
                .orElse(stated);
    }

    /** Reads the schedule of {@code scheduler/}, or the one that {@code darkroom.json} names. */
    private static FlowMatchSchedule schedule(Path checkpoint, Family family) {
        ConfigFile file = ConfigFile.readIfPresent(checkpoint.resolve("darkroom.json"));
        String name = file.text("schedule", "");
        if (!name.isEmpty() && !name.equals(LIGHTNING)) {
            throw file.error("schedule", "must be " + LIGHTNING + ", not " + name);
        }
        return name.isEmpty()
                ? family.schedule(
                        FlowMatchSchedule.read(ConfigFile.read(checkpoint.resolve("scheduler/scheduler_config.json"))))
                : FlowMatchSchedule.lightning();
    }

    /** Makes the run of one of a job's prompts at a size. */
    Run run(Job.Generation job, String prompt, Size size) {
        Sampling sampling = job.sampling();
        double trueCfgScale = trueCfgScale(sampling);
        String usualNegative = trueCfgScale > 1 ? pipeline.family().guidance().usualNegativePrompt() : null;
        return new Run(
                prompt,
                sampling.blend(),
                sampling.negativePrompt() == null ? usualNegative : sampling.negativePrompt(),
                size,
                Math.min(steps(sampling), limits.steps()),
                guidanceScale(sampling),
                trueCfgScale,
                strength(job),
                defaults.maxSequenceLength(),
                schedule(sampling),
                "",
                StepCache.OFF);
    }

    /**
     * Makes a first run of one step. On the CPU it is small; a card chooses its kernels by the shapes, and so gets the size that most jobs
     * will have.
     */
    Run warmUp(Device device) {
        Size usualSize = defaults.size();
        boolean large = device.isCard() && limits.allow(usualSize);
        Size size = large ? usualSize : SMALL;
        Double guidance = pipeline.family().guidance().embedded() ? 1.0 : null;
        return new Run("", null, size, 1, guidance, 1, null, defaults.maxSequenceLength(), usual, "", StepCache.OFF);
    }

    private int steps(Sampling sampling) {
        return Optional.ofNullable(sampling.steps())
                .or(() -> Distillation.of(sampling.loras(), pipeline.family()).map(Distillation::steps))
                .orElse(defaults.steps());
    }

    private @Nullable Double guidanceScale(Sampling sampling) {
        if (!pipeline.family().guidance().embedded()) {
            return null;
        }
        return sampling.guidanceScale() == null ? Double.valueOf(defaults.guidanceScale()) : sampling.guidanceScale();
    }

    /** Scale of true CFG; 1 for a single pass. */
    double trueCfgScale(Sampling sampling) {
        return Optional.ofNullable(sampling.trueCfgScale())
                .or(() -> pipeline.family().guidance().trueCfgScale(sampling.guidanceScale()))
                .or(() -> Distillation.of(sampling.loras(), pipeline.family()).map(distillation -> 1.0))
                .orElse(defaults.trueCfgScale());
    }

    private @Nullable Double strength(Job.Generation job) {
        if (!(job instanceof Job.FromImages from)) {
            return null; // a masked part is painted from noise alone
        }
        return from.strength() == null ? pipeline.usualStrength() : from.strength();
    }

    private FlowMatchSchedule schedule(Sampling sampling) {
        return distillation(sampling)
                .map(distillation -> distillation.schedule(pipeline.family(), usual))
                .orElse(usual);
    }

    /** Finds the distillation LoRA that a job is drawn with: one of its own, or the checkpoint's. */
    Optional<Distillation> distillation(Sampling sampling) {
        return Distillation.of(sampling.loras(), pipeline.family())
                .or(() -> Distillation.ofFiles(own, pipeline.family()));
    }
}
