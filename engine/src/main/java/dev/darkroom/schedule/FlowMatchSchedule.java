package dev.darkroom.schedule;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * The noise levels of rectified flow models: sigmas that fall from 1 to 0, moved towards noise by {@code shift}, or for large pictures
 * by {@code mu}, which grows with the number of image tokens.
 *
 * <p>Source: huggingface/diffusers, {@code schedulers/scheduling_flow_match_euler_discrete.py}, FlowMatchEulerDiscreteScheduler, and
 * {@code calculate_shift} of the pipelines.
 *
 * @param dynamicShifting true if mu decides, false if {@code shift} does
 * @param shiftTerminal the last sigma before 0 is stretched to this, if present
 * @param rule how mu follows from tokens and steps
 * @param levels noise levels, before they are moved, of a run of as many steps; other runs have them at equal distances
 */
public record FlowMatchSchedule(
        double shift,
        boolean dynamicShifting,
        double baseShift,
        double maxShift,
        int baseImageTokens,
        int maxImageTokens,
        Optional<Double> shiftTerminal,
        MuRule rule,
        List<Double> levels) {
    public FlowMatchSchedule {
        levels = List.copyOf(levels);
    }

    /** Ways to find mu. */
    public enum MuRule {
        /** Linear in the number of tokens, by what the file states. */
        LINEAR,
        /**
         * Fitted to the number of tokens and, below 4300 of them, of steps, whatever the file states (FLUX.2).
         *
         * <p>Source: huggingface/diffusers, {@code pipelines/flux2/pipeline_flux2.py}, {@code compute_empirical_mu}.
         */
        EMPIRICAL
    }

    /** Makes a schedule whose mu is linear in the number of tokens. */
    public FlowMatchSchedule(
            double shift,
            boolean dynamicShifting,
            double baseShift,
            double maxShift,
            int baseImageTokens,
            int maxImageTokens,
            Optional<Double> shiftTerminal) {
        this(
                shift,
                dynamicShifting,
                baseShift,
                maxShift,
                baseImageTokens,
                maxImageTokens,
                shiftTerminal,
                MuRule.LINEAR,
                List.of());
    }

    /** The one class of diffusers that this is. */
    public static final String CLASS_NAME = "FlowMatchEulerDiscreteScheduler";

    /** The meaning of the file's keys. */
    public static final ConfigKeys KEYS = ConfigKeys.of("scheduler/scheduler_config.json")
            .uses(
                    "shift",
                    "use_dynamic_shifting",
                    "base_shift",
                    "max_shift",
                    "base_image_seq_len",
                    "max_image_seq_len",
                    "shift_terminal")
            .must("_class_name", CLASS_NAME)
            .must("num_train_timesteps", 1000)
            .must("time_shift_type", "exponential")
            .must("use_karras_sigmas", false)
            .must("use_exponential_sigmas", false)
            .must("use_beta_sigmas", false)
            .must("invert_sigmas", false)
            .must("stochastic_sampling", false);

    private static final double LARGEST_SHIFT = 1000;
    private static final int MOST_TOKENS = 1 << 16;
    private static final int LARGEST_FITTED = 4300; // tokens: beyond it the number of steps has no effect
    private static final double MU_OF_MOST = 100;
    private static final double LARGEST_MU = 10; // e¹⁰: beyond it all steps but the last are noise

    /** Reads {@code scheduler_config.json}. */
    public static FlowMatchSchedule read(ConfigFile file) {
        ConfigFile config = file.within(KEYS);
        int baseImageTokens = config.count("base_image_seq_len", 256);
        int maxImageTokens = config.count("max_image_seq_len", 4096);
        if (maxImageTokens <= baseImageTokens) {
            throw config.error("max_image_seq_len", "must be more than base_image_seq_len " + baseImageTokens);
        }
        var schedule = new FlowMatchSchedule(
                config.number("shift", 1.0, 1 / LARGEST_SHIFT, LARGEST_SHIFT),
                config.flag("use_dynamic_shifting", false),
                config.number("base_shift", 0.5, -LARGEST_MU, LARGEST_MU),
                config.number("max_shift", 1.15, -LARGEST_MU, LARGEST_MU),
                baseImageTokens,
                maxImageTokens,
                // as in the reference, 0 is no stretch
                Optional.of(config.number("shift_terminal", 0, 0, 0.999)).filter(terminal -> terminal > 0));
        if (Math.abs(schedule.mu(MOST_TOKENS)) > MU_OF_MOST) {
            throw config.error("max_shift", "and base_shift are too far apart for pictures of many tokens");
        }
        return schedule;
    }

    /**
     * Schedule that the Lightning distillations of Qwen-Image were trained with: a fixed shift of 3, no stretch.
     *
     * <p>Source: ModelTC/Qwen-Image-Lightning, README.
     */
    public static FlowMatchSchedule lightning() {
        double mu = Math.log(3);
        return new FlowMatchSchedule(1, true, mu, mu, 256, 8192, Optional.empty());
    }

    /** Returns this schedule with mu by another rule. */
    public FlowMatchSchedule by(MuRule other) {
        return new FlowMatchSchedule(
                shift,
                dynamicShifting,
                baseShift,
                maxShift,
                baseImageTokens,
                maxImageTokens,
                shiftTerminal,
                other,
                levels);
    }

    /** Returns this schedule with the levels of runs of as many steps. */
    public FlowMatchSchedule through(List<Double> others) {
        return new FlowMatchSchedule(
                shift,
                dynamicShifting,
                baseShift,
                maxShift,
                baseImageTokens,
                maxImageTokens,
                shiftTerminal,
                rule,
                others);
    }

    /** Shift of the noise levels for so many generated image tokens and steps. */
    public double mu(int imageTokens, int steps) {
        return switch (rule) {
            case LINEAR -> mu(imageTokens);
            case EMPIRICAL -> {
                double ofManySteps = 0.00016927 * imageTokens + 0.45666666; // 200 of them
                double ofFewSteps = 8.73809524e-05 * imageTokens + 1.89833333; // 10 of them
                double slope = (ofManySteps - ofFewSteps) / 190;
                yield imageTokens > LARGEST_FITTED ? ofManySteps : slope * steps + ofManySteps - 200 * slope;
            }
        };
    }

    /** Shift that is linear in the number of generated image tokens. */
    private double mu(int imageTokens) {
        double slope = (maxShift - baseShift) / (maxImageTokens - baseImageTokens);
        return slope * imageTokens + baseShift - slope * baseImageTokens;
    }

    /** The {@code steps + 1} noise levels of a run, the last one 0. */
    public double[] sigmas(int steps, int imageTokens) {
        double[] sigmas = new double[steps + 1];
        double exponentialOfMu = Math.exp(mu(imageTokens, steps));
        for (int i = 0; i < steps; i++) {
            double s = levels.size() == steps ? levels.get(i) : evenly(i, steps);
            sigmas[i] = dynamicShifting
                    ? exponentialOfMu / (exponentialOfMu + 1 / s - 1)
                    : shift * s / (1 + (shift - 1) * s);
        }
        shiftTerminal.filter(terminal -> sigmas[steps - 1] < 1).ifPresent(terminal -> {
            double stretch = (1 - sigmas[steps - 1]) / (1 - terminal);
            for (int i = 0; i < steps; i++) {
                sigmas[i] = 1 - (1 - sigmas[i]) / stretch;
            }
        });
        return sigmas;
    }

    private static double evenly(int i, int steps) {
        return steps == 1 ? 1 : 1 + i * (1.0 / steps - 1) / (steps - 1);
    }

    /** One Euler step along the prediction (the velocity), from {@code sigma} to {@code next}, in float32. */
    public static Tensor step(Tensor latents, Tensor prediction, double sigma, double next) {
        return Operators.eulerStep(latents, prediction, next - sigma);
    }

    /** Adds noise of level {@code sigma} to a picture's latents: {@code sigma · noise + (1 − sigma) · latents}. */
    public static Tensor addNoise(Tensor latents, Tensor noise, double sigma) {
        return Operators.lerp(latents, noise, sigma);
    }

    /** Classifier-free guidance, away from the negative prediction: {@code negative + scale · (prediction − negative)}. */
    public static Tensor guide(Tensor prediction, Tensor negative, double scale) {
        return Operators.lerp(negative, prediction, scale);
    }

    /**
     * Classifier-free guidance with no token of the result longer than in the prediction.
     *
     * <p>Source: huggingface/diffusers, {@code pipelines/longcat_image/pipeline_longcat_image.py}, {@code cfg_renorm}.
     */
    public static Tensor guideShrinking(Tensor prediction, Tensor negative, double scale) {
        return Operators.guideShrinking(prediction, negative, scale);
    }

    /**
     * Classifier-free guidance with each token of the result scaled to its norm in the prediction.
     *
     * <p>Source: huggingface/diffusers, {@code pipelines/qwenimage/pipeline_qwenimage.py}, {@code __call__}.
     */
    public static Tensor guideKeepingLength(Tensor prediction, Tensor negative, double scale) {
        return Operators.guideKeepingLength(prediction, negative, scale);
    }

    /**
     * Classifier-free guidance, each picture {@code [B, ..]} of whose result is no longer than {@code most} times the prediction.
     *
     * <p>Source: huggingface/diffusers, {@code pipelines/z_image/pipeline_z_image.py}, {@code cfg_normalization}.
     */
    public static Tensor guideUpToLength(Tensor prediction, Tensor negative, double scale, double most) {
        return Operators.shrinkToLength(guide(prediction, negative, scale), prediction, most);
    }
}
