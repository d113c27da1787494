package dev.darkroom.tally;

import static dev.darkroom.tally.Passes.bytes;

import dev.darkroom.tensor.OperatorCall;
import dev.darkroom.tensor.TensorFacts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What each operator of {@code operators.py} costs on a card, as libtorch 2.7.1 computes its text there: one line an operator, to be
 * changed with the text. A pass counts what a kernel reads and what it writes.
 */
final class CostRules {
    /** Adds what one call costs. */
    @FunctionalInterface
    interface Rule {
        void charge(OperatorCall call, Cost cost);
    }

    private static final Rule NOTHING = (call, cost) -> {};

    /** Reads all tensors that it is given and writes its results, in one kernel. */
    private static final Rule ONE_PASS = (call, cost) -> cost.pass(bytes(call.tensors()) + bytes(call.results()));

    /** Its result is the tensor that it was given, seen otherwise, or a copy of it. */
    private static final Rule VIEW_OR_COPY = (call, cost) -> {
        if (aliased(call) == null) {
            cost.pass(call.tensor(0).bytes() + bytes(call.results()));
        }
    };

    /** Passes over numbers of a layer's type that unpacking its blocks takes, about: shifts, masks, factors, in float32 in between. */
    private static final int UNPACKING = 8;

    private static final Rule WAITS = (call, cost) -> cost.wait(1);

    private static final Map<String, Rule> TEXT = new HashMap<>();

    /** Rules of operators that have a kernel of our own; their text's rule stands in {@link #TEXT}. */
    private static final Map<String, Rule> KERNEL = new HashMap<>();

    /** Operators whose results are always views of their first argument; in place if they have none. */
    private static final Set<String> VIEWS =
            Set.of("view_bytes", "permute", "narrow", "chunk", "picture_layout", "complex_parts", "modulation");

    static {
        // files, devices, types
        for (String name : new String[] {
            "view_bytes",
            "rebind",
            "copy_bytes",
            "pinned",
            "copy_window",
            "stage",
            "convert_bytes",
            "empty_bytes",
            "blank",
            "dtype_of",
            "device_of"
        }) {
            TEXT.put(name, NOTHING);
        }
        TEXT.put("copy", ONE_PASS);
        TEXT.put("cast", VIEW_OR_COPY);
        TEXT.put("to_device", (call, cost) -> cost.wait(aliased(call) == null ? 1 : 0));
        TEXT.put("to_host_float", WAITS);
        TEXT.put("to_host_long", WAITS);
        TEXT.put("wait_for", WAITS);
        TEXT.put("arrival", (call, cost) -> cost.kernels += 5);
        TEXT.put("number", NOTHING);
        // making
        TEXT.put("randn", NOTHING); // on the CPU
        TEXT.put("randn_rand", NOTHING); // on the CPU
        TEXT.put("zeros", ONE_PASS);
        // shape
        TEXT.put("reshape", VIEW_OR_COPY);
        TEXT.put("permute", NOTHING);
        TEXT.put("contiguous", VIEW_OR_COPY);
        TEXT.put("narrow", NOTHING);
        TEXT.put("select_rows", (call, cost) -> cost.pass(2 * bytes(call.results())));
        TEXT.put("put_rows", (call, cost) -> {
            cost.pass(2 * bytes(call.results()));
            cost.pass(2 * call.tensor(2).bytes());
        });
        TEXT.put("cat", ONE_PASS);
        TEXT.put("chunk", NOTHING);
        // arithmetic
        TEXT.put("add", ONE_PASS);
        TEXT.put("sub", ONE_PASS);
        TEXT.put("div", ONE_PASS);
        TEXT.put("mul", ONE_PASS);
        TEXT.put("affine", (call, cost) -> Passes.times(2, call.tensor(0), cost));
        TEXT.put("clamp", (call, cost) -> {
            Passes.times(2, call.tensor(0), cost);
            cost.pass(3 * call.tensor(0).bytes());
        });
        TEXT.put("exp", ONE_PASS);
        TEXT.put("lerp", (call, cost) -> {
            cost.pass(3 * call.tensor(0).bytes());
            Passes.times(1, call.tensor(0), cost);
            cost.pass(3 * call.tensor(0).bytes());
        });
        Rule guide = (call, cost) -> {
            long own = call.tensor(0).bytes();
            long wide = 4 * call.tensor(0).numbers();
            for (long passed :
                    new long[] {own + wide, own + wide, 3 * wide, 2 * wide, 3 * wide, own + wide, wide, wide, 2 * wide
                    }) {
                cost.pass(passed);
            }
        };
        TEXT.put("guide_keeping_length", guide);
        TEXT.put("guide_shrinking", guide);
        TEXT.put("euler_step", (call, cost) -> {
            long wide = 4 * call.tensor(0).numbers();
            for (long passed : new long[] {call.tensor(1).bytes() + wide, 2 * wide, 3 * wide}) {
                cost.pass(passed);
            }
        });
        TEXT.put("silu", ONE_PASS);
        TEXT.put("swiglu", ONE_PASS);
        TEXT.put("std", ONE_PASS);
        TEXT.put("gelu_tanh", ONE_PASS);
        TEXT.put("gelu", ONE_PASS);
        TEXT.put("relu", ONE_PASS);
        TEXT.put("sigmoid", ONE_PASS);
        TEXT.put("quick_gelu", (call, cost) -> {
            Passes.times(2, call.tensor(0), cost);
            cost.pass(3 * call.tensor(0).bytes());
        });
        // layers
        TEXT.put("linear", (call, cost) -> Passes.linear(call.tensor(0), call.tensor(1), call.list(3), cost));
        TEXT.put("linear_gelu", (call, cost) -> {
            Passes.linear(call.tensor(0), call.tensor(1), call.list(3), cost);
            if (!call.list(3).isEmpty()) {
                cost.pass(2 * bytes(call.results()));
            }
        });
        TEXT.put("linear_of_two", (call, cost) -> {
            TensorFacts x = call.tensor(0);
            long rows = x.numbers() / x.size(-1);
            TensorFacts weight = call.tensor(2);
            cost.product(rows, weight.size(0), x.size(-1), x.dtype());
            cost.product(rows, weight.size(0), call.tensor(1).size(-1), x.dtype());
            cost.passedBytes += 2 * bytes(call.results()); // the second product reads what the first wrote
            for (TensorFacts added : call.list(4)) {
                if (added.shape().length == 2) {
                    Passes.linear(rows, added, x, cost);
                }
            }
        });
        TEXT.put("gated_mlp", (call, cost) -> {
            TensorFacts x = call.tensor(0);
            TensorFacts up = call.list(1).get(1);
            Passes.layers(
                    x,
                    call.list(1).subList(0, 2),
                    call.list(3),
                    (long[]) call.arguments().get(4),
                    cost);
            long inner = x.bytes() / x.size(-1) * up.size(0);
            cost.pass(2 * inner);
            cost.pass(3 * inner);
            Passes.linear(x.numbers() / x.size(-1), call.list(1).get(2), x, cost);
            cost.needs(2 * inner);
        });
        TEXT.put("low_rank", NOTHING); // these three once a LoRA, not in a step
        TEXT.put("rows_of", NOTHING);
        TEXT.put("dora_gain", NOTHING);
        TEXT.put("all_finite", (call, cost) -> {
            call.tensors().forEach(x -> cost.pass(2 * x.bytes()));
            cost.wait(1);
        });
        TEXT.put("embedding", (call, cost) -> cost.pass(2 * bytes(call.results())));
        TEXT.put("layer_norm", ONE_PASS);
        TEXT.put("rms_norm", (call, cost) -> Passes.rmsNorm(call.tensor(0), cost));
        TEXT.put("modulated_norm", (call, cost) -> Passes.modulatedNorm(call.tensor(0), cost));
        TEXT.put("gated_add_norm", (call, cost) -> {
            cost.pass(3 * call.tensor(0).bytes());
            Passes.modulatedNorm(call.tensor(0), cost);
        });
        TEXT.put("scaled_rms_norm", (call, cost) -> {
            Passes.inverseRms(call.tensor(0), cost);
            Passes.times(2, call.tensor(0), cost);
            cost.kernels += 2; // of the scale
        });
        TEXT.put("gated_rms_add", (call, cost) -> {
            Passes.inverseRms(call.tensor(0), cost);
            Passes.times(1, call.tensor(0), cost);
            cost.pass(3 * call.tensor(0).bytes());
            cost.kernels += 2; // of the gate
        });
        TEXT.put("modulation", NOTHING);
        TEXT.put("timestep_embedding", (call, cost) -> {
            for (int i = 0; i < 6; i++) {
                cost.pass(2 * bytes(call.results()));
            }
        });
        // attention
        TEXT.put("rope_table", NOTHING); // on the CPU
        TEXT.put("complex_parts", NOTHING);
        TEXT.put("query_key_value", (call, cost) -> {
            List<TensorFacts> weights = call.list(1);
            List<TensorFacts> added = call.list(4);
            long[] ends = (long[]) call.arguments().get(5);
            int each = weights.size() / call.list(0).size();
            int from = 0;
            for (int s = 0; s < call.list(0).size(); s++) {
                TensorFacts x = call.list(0).get(s);
                int to = (int) ends[3 * s + 2];
                for (TensorFacts weight : weights.subList(each * s, each * s + each)) {
                    Passes.linear(x.numbers() / x.size(-1), weight, x, cost);
                }
                added.subList(from, to).stream()
                        .filter(part -> part.shape().length == 2)
                        .forEach(part -> Passes.linear(x.numbers() / x.size(-1), part, x, cost));
                from = to;
            }
            if (call.results().getFirst().size(0) > 1 && call.list(0).size() > 1) {
                Passes.times(1, call.results().getFirst(), cost); // rows of one stream do not lie together
            }
        });
        TEXT.put("qk_norm_rope", (call, cost) -> {
            TensorFacts joint = call.tensor(0);
            long numbers = joint.numbers() / joint.size(1) * call.number(5) / 3 * 2;
            long own = numbers * joint.dtype().bytes();
            cost.pass(own);
            cost.kernels += 6; // a number a head, and the weights
            cost.pass(own + 4 * numbers);
            cost.pass(8 * numbers);
            cost.pass(4 * numbers + own);
            cost.needs(4 * numbers);
        });
        TEXT.put("joint_attention", (call, cost) -> {
            TensorFacts joint = call.tensor(0);
            cost.attention(joint.size(0), joint.size(3), joint.size(1), joint.size(1), joint.size(4), false);
        });
        TEXT.put(
                "attention",
                (call, cost) -> Passes.attention(
                        call.tensor(0),
                        call.tensor(1),
                        call.number(3),
                        (Boolean) call.arguments().get(4),
                        cost));
        TEXT.put("biased_attention", (call, cost) -> {
            TensorFacts bias = call.tensor(4);
            cost.pass(bias.bytes() + 2 * bias.numbers());
            Passes.attention(call.tensor(0), call.tensor(1), call.number(3), false, cost);
        });
        TEXT.put("relative_buckets", (call, cost) -> {
            for (int i = 0; i < 12; i++) {
                cost.pass(2 * bytes(call.results()));
            }
        });
        TEXT.put("half_rope_table", (call, cost) -> {
            for (int i = 0; i < 8; i++) {
                cost.pass(bytes(call.results()));
            }
        });
        TEXT.put("half_rope", (call, cost) -> Passes.halfRope(call.tensor(0), cost));
        TEXT.put("window_attention", Passes::windowAttention);
        TEXT.put("causal_attention", Passes::causalAttention);
        // pictures
        TEXT.put("picture_layout", NOTHING); // of the CPU
        TEXT.put("conv2d", (call, cost) -> Passes.convolution(call.results().getFirst(), call.tensor(1), cost));
        TEXT.put("conv_transpose2d", (call, cost) -> Passes.convolution(call.tensor(0), call.tensor(1), cost));
        TEXT.put("bilinear", ONE_PASS);
        TEXT.put("bicubic", ONE_PASS);
        TEXT.put("causal_conv3d", NOTHING); // of tests alone
        TEXT.put("group_norm_by_sums", NOTHING); // part of the others
        TEXT.put("group_norm", (call, cost) -> Passes.groupNorm(call.tensor(0), cost));
        TEXT.put("norm_silu_conv", (call, cost) -> {
            Passes.groupNorm(call.tensor(0), cost);
            Passes.times(1, call.tensor(0), cost);
            Passes.convolution(call.results().getFirst(), call.tensor(5), cost);
            cost.needs(call.tensor(0).bytes());
        });
        TEXT.put("channel_norm", (call, cost) -> Passes.channelNorm(call.tensor(0), cost));
        TEXT.put("channel_norm_silu_conv", (call, cost) -> {
            Passes.channelNorm(call.tensor(0), cost);
            Passes.times(1, call.tensor(0), cost);
            Passes.convolution(call.results().getFirst(), call.tensor(2), cost);
            cost.needs(2 * call.tensor(0).bytes() + call.tensor(0).bytes());
        });
        TEXT.put("upsample_conv", (call, cost) -> {
            cost.pass(5 * call.tensor(0).bytes());
            Passes.convolution(call.results().getFirst(), call.tensor(1), cost);
            cost.needs(4 * call.tensor(0).bytes());
        });
        TEXT.put("pad_right_bottom", ONE_PASS);
        TEXT.put("from_rgb", (call, cost) -> {
            cost.wait(1);
            cost.pass(bytes(call.results()) * 5);
        });
        TEXT.put("to_rgb", (call, cost) -> {
            cost.pass(call.tensor(0).bytes() * 8);
            cost.wait(1);
        });
        TEXT.put("levels_soon", (call, cost) -> cost.pass(call.tensor(0).bytes() * 8));
        TEXT.put("least_squares", NOTHING); // on the CPU
        TEXT.put("vision_patches", NOTHING); // on the CPU
        TEXT.put("warp_plane", NOTHING); // these two once a frame of an animation, not in a step
        TEXT.put("warp_space", NOTHING);
        // our own kernels: each number is read once and written once
        KERNEL.put("qk_norm_rope", (call, cost) -> {
            TensorFacts joint = call.tensor(0);
            cost.ownPass(2 * joint.bytes() / joint.size(1) * call.number(5) / 3 * 2);
        });
        KERNEL.put(
                "gated_add_norm",
                (call, cost) -> cost.ownPass(4 * call.tensor(0).bytes()));
        KERNEL.put(
                "quantise_rows",
                (call, cost) ->
                        cost.ownPass(call.tensor(0).bytes() + call.tensor(0).numbers()));
        // the step cache, where it is asked for
        TEXT.put("shrink_to_length", (call, cost) -> {
            Passes.times(4, call.results().getFirst(), cost);
            cost.kernels += 4; // a number a picture
        });
        TEXT.put("relative_change", (call, cost) -> {
            cost.pass(3 * call.tensor(0).bytes());
            cost.pass(call.tensor(0).bytes());
            cost.pass(call.tensor(1).bytes());
            cost.kernels++;
        });
        // fp8
        TEXT.put("quantise_rows", (call, cost) -> Passes.quantised(call.tensor(0), cost));
        TEXT.put("empty_rows", NOTHING);
        TEXT.put("dequantise_as", (call, cost) -> {
            cost.pass(5 * call.tensor(0).numbers());
            cost.pass(2 * bytes(call.results()));
        });
        TEXT.put("unpack_blocks", (call, cost) -> {
            cost.pass(2 * call.tensor(0).numbers());
            cost.pass(UNPACKING * bytes(call.results()));
        });
        TEXT.put("dequantise", (call, cost) -> {
            cost.pass(5 * call.tensor(0).numbers());
            cost.pass(2 * bytes(call.results()));
        });
        TEXT.put(
                "scaled_linear",
                (call, cost) -> Passes.scaled(
                        call.tensor(1),
                        call.tensor(3),
                        call.list(6),
                        call.results().getFirst(),
                        cost));
        TEXT.put("scaled_query_key_value", (call, cost) -> {
            long[] ends = (long[]) call.arguments().get(7);
            List<TensorFacts> weights = call.list(2);
            int each = weights.size() / call.list(0).size();
            for (int layer = 0; layer < weights.size(); layer++) {
                int last = (layer + 1) * 3 / each - 1;
                int from = layer == 0 ? 0 : (int) ends[layer * 3 / each - 1];
                Passes.scaled(
                        call.list(1).get(2 * (layer / each)),
                        weights.get(layer),
                        call.list(6).subList(from, (int) ends[last]),
                        call.results().getFirst(),
                        cost);
            }
            if (each > 1) {
                cost.pass(2 * bytes(call.results())); // side by side
            }
        });
    }

    private CostRules() {}

    /** True if there is a rule for an operator. */
    static boolean has(String operator) {
        return TEXT.containsKey(operator);
    }

    /**
     * What a call costs; nothing if it is computed on the host.
     *
     * @param kernels true if our own kernels are used where there is one
     */
    static Cost of(OperatorCall call, boolean kernels) {
        var cost = new Cost();
        boolean onCard = call.tensors().stream().anyMatch(TensorFacts::onCard)
                || call.results().stream().anyMatch(TensorFacts::onCard);
        if (onCard) {
            Rule rule = kernels
                    ? KERNEL.getOrDefault(call.operator(), TEXT.get(call.operator()))
                    : TEXT.get(call.operator());
            Objects.requireNonNull(rule, () -> "no rule for what " + call.operator() + " costs")
                    .charge(call, cost);
        }
        return cost;
    }

    /** The argument that a result shares its memory with; null if it has memory of its own. */
    static TensorFacts aliased(OperatorCall call) {
        if (call.results().isEmpty() || !(call.arguments().getFirst() instanceof TensorFacts given)) {
            return null;
        }
        TensorFacts result = call.results().getFirst();
        boolean shared = switch (call.operator()) {
            case "cast" -> result.dtype() == given.dtype();
            case "to_device" -> result.onCard() == given.onCard();
            case "contiguous" -> given.isContiguous();
            case "reshape" -> given.canBeSeenAs(result.shape());
            default -> VIEWS.contains(call.operator());
        };
        return shared ? given : null;
    }
}
