package dev.darkroom.tensor;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what computes attention on a card, once, at the start: cuDNN's kernels need a card of the Hopper generation to be the faster ones,
 * and have been wrong for some lengths. So both are tried at the networks' shapes, and compared with float32.
 */
public final class AttentionChoice {
    private static final Logger LOG = Logger.getLogger(AttentionChoice.class);

    /** FLUX.1 at 1024² with 512 tokens of text, Qwen-Image-Edit with a picture, whose length is no multiple of a tile, and two small pictures. */
    private static final List<Shape> NETWORKS =
            List.of(new Shape(1, 4608, 24, 128), new Shape(1, 8401, 24, 128), new Shape(2, 1111, 24, 128));

    private static final int ROUNDS = 3;
    private static final int CALLS = 4;
    private static final int ROWS = 64;

    /** Rounding to bfloat16 alone is 2e-3; another order of sums is as far. */
    private static final double FARTHEST = 1e-2;

    private static final double CLEARLY = 0.97;

    private static final int LONGEST_REASON = 200;

    /** When cuDNN is asked, as the operator numbers it. */
    private static final int NEVER = 0;

    private static final int WHERE_IT_CAN = 1;
    static final int ALWAYS = 2;

    private static volatile boolean cudnn;

    private AttentionChoice() {}

    /** A self-attention: pictures, tokens, heads and width of a head. */
    record Shape(long batch, long tokens, long heads, long headWidth) {}

    /**
     * Of a backend at all shapes.
     *
     * @param error greatest distance from float32, relative
     * @param millis time of one call at each shape, added up
     */
    record Found(double error, double millis) {
        boolean isRight() {
            return error <= FARTHEST;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f ms, %.0e apart from float32", millis, error);
        }
    }

    /**
     * Chooses for this process.
     *
     * @param asked by the one who runs the worker
     * @return what was chosen and why, for the log
     * @throws IllegalStateException if what was asked for cannot be had
     */
    public static String make(AttentionBackend asked, Device device) {
        return make(asked, device, NETWORKS);
    }

    static String make(AttentionBackend asked, Device device, List<Shape> shapes) {
        cudnn = false;
        if (asked == AttentionBackend.FLASH) {
            return "libtorch's choice, as asked for";
        }
        if (!device.isCard()) {
            if (asked == AttentionBackend.CUDNN) {
                throw new IllegalStateException("cuDNN needs a card, and the networks compute on the CPU");
            }
            return "libtorch's choice, as always on the CPU";
        }
        return tried(asked, device, shapes);
    }

    /** Tries both backends where there is a card, or what stands for one. */
    static String tried(AttentionBackend asked, Device device, List<Shape> shapes) {
        Found flash = found(false, device, shapes);
        Optional<Found> other;
        String why;
        try {
            Found found = found(true, device, shapes);
            other = Optional.of(found);
            why = found.toString();
        } catch (TensorException e) {
            if (e.isDeviceLost()) {
                throw e;
            }
            other = Optional.empty();
            why = "cannot: " + reason(e);
        }
        boolean right = other.filter(Found::isRight).isPresent();
        if (asked == AttentionBackend.CUDNN && !right) {
            throw new IllegalStateException("cuDNN's attention is not to be had on this card: " + why);
        }
        cudnn = right && (asked == AttentionBackend.CUDNN || !flash.isRight() || wins(other.get(), flash));
        if (!cudnn && !flash.isRight()) {
            throw new IllegalStateException(
                    "attention is wrong on this card: libtorch's choice " + flash + "; cuDNN " + why);
        }
        return (cudnn ? "cuDNN" : "libtorch's choice") + "; libtorch's choice " + flash + "; cuDNN " + why;
    }

    /** Returns true if cuDNN is right and clearly faster. */
    static boolean wins(Found byCudnn, Found flash) {
        return byCudnn.isRight() && byCudnn.millis < CLEARLY * flash.millis;
    }

    private static Found found(boolean byCudnn, Device device, List<Shape> shapes) {
        double error = 0;
        double millis = 0;
        for (Shape shape : shapes) {
            try (var scope = Scope.open("attention trial")) {
                long[] sizes = {shape.batch, shape.tokens, 3, shape.heads, shape.headWidth};
                Tensor joint = Operators.randn(1, DType.FLOAT32, sizes)
                        .getFirst()
                        .to(DType.BFLOAT16)
                        .to(device);
                error = Math.max(error, apart(called(joint, byCudnn), called(joint.to(DType.FLOAT32), false)));
                millis += millis(joint, byCudnn);
            }
        }
        return new Found(error, millis);
    }

    /** Time of one call, the shortest of several rounds; the plans are made before. */
    private static double millis(Tensor joint, boolean byCudnn) {
        double shortest = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            try (var scope = Scope.open("round")) {
                long start = System.nanoTime();
                Tensor last = joint;
                for (int i = 0; i < CALLS; i++) {
                    last = called(joint, byCudnn);
                }
                last.await();
                shortest = Math.min(shortest, (System.nanoTime() - start) / 1e6 / CALLS);
            }
        }
        return shortest;
    }

    /** Relative distance of the first, middle and last rows; infinite if a number is none. */
    private static double apart(Tensor found, Tensor exact) {
        long tokens = exact.size(1);
        long rows = Math.min(ROWS, tokens);
        double difference = 0;
        double length = 0;
        for (long first : new long[] {0, (tokens - rows) / 2, tokens - rows}) {
            float[] a = found.narrow(1, first, rows).toFloats();
            float[] b = exact.narrow(1, first, rows).toFloats();
            for (int i = 0; i < b.length; i++) {
                difference += Math.pow((double) a[i] - b[i], 2);
                length += Math.pow(b[i], 2);
            }
        }
        double relative = Math.sqrt(difference / length);
        return Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative;
    }

    private static Tensor called(Tensor joint, boolean byCudnn) {
        return AttentionOperators.JOINT_ATTENTION.tensor(joint, List.of(), byCudnn ? ALWAYS : NEVER);
    }

    /** Computes attention as was chosen; where cuDNN fails at a shape, it is not asked again. A network on the CPU or in float32 never asks it. */
    static Tensor attend(Tensor joint, @Nullable Tensor mask) {
        if (cudnn && mask == null) {
            try {
                return AttentionOperators.JOINT_ATTENTION.tensor(joint, List.of(), WHERE_IT_CAN);
            } catch (TensorException e) {
                if (e.isDeviceLost() || e.isOutOfMemory()) {
                    throw e;
                }
                cudnn = false;
                LOG.warnf("cuDNN's attention is not used any more: %s", reason(e));
            }
        }
        return AttentionOperators.JOINT_ATTENTION.tensor(joint, mask == null ? List.of() : List.of(mask), NEVER);
    }

    /** The line of libtorch's message that says why. */
    private static String reason(TensorException e) {
        List<String> lines = String.valueOf(e.getMessage()).lines().toList();
        String line = lines.stream()
                .filter(each -> each.contains("Error: "))
                .findFirst()
                .orElse(lines.getFirst());
        return line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "…" : line;
    }

    /** True if attention without a mask goes to cuDNN. */
    static boolean isCudnn() {
        return cudnn;
    }

    /** Chooses without a trial. */
    static void use(AttentionBackend backend) {
        cudnn = backend == AttentionBackend.CUDNN;
    }
}
