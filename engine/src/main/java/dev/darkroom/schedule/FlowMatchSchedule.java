package dev.darkroom.schedule;

import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.ConfigFile;
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
 */
public record FlowMatchSchedule(
        double shift,
        boolean dynamicShifting,
        double baseShift,
        double maxShift,
        int baseImageTokens,
        int maxImageTokens,
        Optional<Double> shiftTerminal) {
    private static final List<String> UNSUPPORTED = List.of(
            "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "invert_sigmas", "stochastic_sampling");

    /** Reads {@code scheduler_config.json}. */
    public static FlowMatchSchedule read(ConfigFile config) {
        for (String field : UNSUPPORTED) {
            if (config.flag(field, false)) {
                throw config.error(field, "is not supported");
            }
        }
        String type = config.text("time_shift_type", "exponential");
        if (!type.equals("exponential")) {
            throw config.error("time_shift_type", "must be exponential, not " + type);
        }
        int baseImageTokens = config.count("base_image_seq_len", 256);
        int maxImageTokens = config.count("max_image_seq_len", 4096);
        if (maxImageTokens <= baseImageTokens) {
            throw config.error("max_image_seq_len", "must be more than base_image_seq_len " + baseImageTokens);
        }
        return new FlowMatchSchedule(
                config.number("shift", 1.0),
                config.flag("use_dynamic_shifting", false),
                config.number("base_shift", 0.5),
                config.number("max_shift", 1.15),
                baseImageTokens,
                maxImageTokens,
                config.optionalNumber("shift_terminal"));
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

    /** Shift of the noise levels for large pictures, linear in the number of generated image tokens. */
    public double mu(int imageTokens) {
        double slope = (maxShift - baseShift) / (maxImageTokens - baseImageTokens);
        return slope * imageTokens + baseShift - slope * baseImageTokens;
    }

    /** The {@code steps + 1} noise levels of a run, the last one 0. */
    public double[] sigmas(int steps, int imageTokens) {
        double[] sigmas = new double[steps + 1];
        double exponentialOfMu = Math.exp(mu(imageTokens));
        for (int i = 0; i < steps; i++) {
            double s = steps == 1 ? 1 : 1 + i * (1.0 / steps - 1) / (steps - 1);
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
     * Classifier-free guidance with each token of the result scaled to its norm in the prediction.
     *
     * <p>Source: huggingface/diffusers, {@code pipelines/qwenimage/pipeline_qwenimage.py}, {@code __call__}.
     */
    public static Tensor guideKeepingLength(Tensor prediction, Tensor negative, double scale) {
        return Operators.guideKeepingLength(prediction, negative, scale);
    }
}
