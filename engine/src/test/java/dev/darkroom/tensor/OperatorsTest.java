package dev.darkroom.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operator with bfloat16, which ends the process where a call slips through to DJL's own arithmetic, and known values in float32. */
class OperatorsTest {
    private static final Set<String> NEEDS_CUDA = Set.of("pinned");
    private static final double EPS = 1e-6;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /**
     * One call of one operator.
     *
     * @param gives type and shape of the result, or its value
     */
    record Tried(String operator, String gives, Supplier<?> call) {
        @Override
        public String toString() {
            return operator;
        }
    }

    private static Tried sample(String operator, String gives, Supplier<?> call) {
        return new Tried(operator, gives, call);
    }

    static Stream<Tried> samples() {
        return Stream.of(
                sample(
                        "view_bytes",
                        "bfloat16 [2, 2]",
                        () -> Operators.VIEW_BYTES.tensor(bytes(10), DType.BFLOAT16, 1, new long[] {2, 2})),
                sample("rebind", "0", () -> Operators.REBIND.integer(bf16(2, 2), bytes(10), DType.BFLOAT16, 1)),
                sample("copy_bytes", "bfloat16 [3]", () -> Operators.COPY_BYTES.tensor(bf16(5), 1, 3)),
                sample("copy", "bfloat16 [2, 3]", () -> Operators.COPY.tensor(bf16(2, 3))),
                sample("cast", "bfloat16 [2]", () -> Operators.CAST.tensor(floats(1, 2), DType.BFLOAT16)),
                sample("to_device", "bfloat16 [2]", () -> Operators.TO_DEVICE.tensor(bf16(2), Device.CPU)),
                sample(
                        "copy_window",
                        "0",
                        () -> Operators.COPY_WINDOW.integer(
                                bytes(4), Operators.EMPTY_BYTES.tensor(10, Device.CPU), 6, 4)),
                sample("stage", "uint8 [3]", () -> Operators.STAGE.tensor(bytes(4), 3, Device.CPU)),
                sample(
                        "convert_bytes",
                        "bfloat16 [2]",
                        () -> Operators.CONVERT_BYTES.tensor(
                                bytes(8), DType.FLOAT16, 1, bytes(8), DType.BFLOAT16, 2, 2)),
                sample(
                        "empty_bytes",
                        "bfloat16 [3]",
                        () -> Operators.VIEW_BYTES.tensor(
                                Operators.MUL.tensor(Operators.EMPTY_BYTES.tensor(6, Device.CPU), bytes(1)),
                                DType.BFLOAT16,
                                0,
                                new long[] {3})),
                sample("dtype_of", "15", () -> Operators.DTYPE_OF.integer(bf16(2))),
                sample("device_of", "0", () -> Operators.DEVICE_OF.integer(bf16(2))),
                sample("to_host_float", "float32 [2]", () -> Operators.TO_HOST_FLOAT.tensor(bf16(2))),
                sample("to_host_long", "int64 [2]", () -> Operators.TO_HOST_LONG.tensor(bf16(2))),
                sample("wait_for", "true", () -> Operators.WAIT_FOR.truth(bf16(2))),
                sample("arrival", "uint8 [1]", () -> Operators.ARRIVAL.tensor(bf16(2))),
                sample("number", "3", () -> Operators.NUMBER.integer(Tensor.of(new byte[] {3}, 1))),
                sample(
                        "randn",
                        "2 × bfloat16 [2, 3]",
                        () -> Operators.randn(1, DType.BFLOAT16, new long[] {2, 3}, new long[] {2, 3})),
                sample(
                        "randn_rand",
                        "2 × float32 [2, 3]",
                        () -> Operators.randnRand(1, new long[] {2, 3}, new long[] {2, 3})),
                sample("zeros", "bfloat16 [2, 3]", () -> Operators.zeros(DType.BFLOAT16, Device.CPU, 2, 3)),
                sample("blank", "bfloat16 [2, 3]", () -> Operators.blank(DType.BFLOAT16, Device.CPU, 2, 3)),
                sample("reshape", "bfloat16 [3, 2]", () -> bf16(2, 3).reshape(3, -1)),
                sample("permute", "bfloat16 [3, 2]", () -> bf16(2, 3).permute(1, 0)),
                sample(
                        "contiguous",
                        "bfloat16 [3, 2]",
                        () -> bf16(2, 3).permute(1, 0).contiguous()),
                sample("narrow", "bfloat16 [2, 2]", () -> bf16(2, 3).narrow(-1, 1, 2)),
                sample(
                        "select_rows",
                        "bfloat16 [3, 2]",
                        () -> Operators.selectRows(bf16(2, 2), Tensor.of(new long[] {1, 0, 1}, 3))),
                sample(
                        "put_rows",
                        "bfloat16 [2, 2, 3]",
                        () -> Operators.putRows(bf16(2, 2, 3), Tensor.of(new long[] {2, 1}, 2), wave(2, 3))),
                sample("cat", "bfloat16 [4, 3]", () -> Tensor.cat(0, bf16(2, 3), bf16(2, 3))),
                sample("chunk", "2 × bfloat16 [1, 3]", () -> bf16(2, 3).chunk(2, 0)),
                sample("add", "bfloat16 [2, 3]", () -> bf16(2, 3).plus(bf16(3))),
                sample("sub", "bfloat16 [2, 3]", () -> bf16(2, 3).minus(bf16(3))),
                sample("div", "bfloat16 [2, 3]", () -> bf16(2, 3).dividedBy(bf16(3))),
                sample("mul", "bfloat16 [2, 3]", () -> bf16(2, 3).times(bf16(2, 1))),
                sample("affine", "bfloat16 [2, 3]", () -> bf16(2, 3).affine(2, 1)),
                sample("clamp", "bfloat16 [2, 3]", () -> bf16(2, 3).clamp(-1, 1)),
                sample("exp", "bfloat16 [2, 3]", () -> bf16(2, 3).exp()),
                sample(
                        "relative_change",
                        "0.0",
                        () -> Operators.relativeChange(
                                bf16(2, 3).affine(2, 1), bf16(2, 3).affine(2, 1))),
                sample(
                        "quantise_rows",
                        "float32 [2, 1]",
                        () -> ScaledOperators.quantiseRows(bf16(2, 3)).scale()),
                sample(
                        "empty_rows",
                        "float32 [2, 1]",
                        // Memory that nobody has written to holds anything, so its numbers are not looked at.
                        () -> description(CardKernels.EMPTY_ROWS
                                .tensors(bf16(2, 3), new long[] {6}, new long[] {1})
                                .getFirst())),
                sample(
                        "dequantise",
                        "float32 [2, 3]",
                        () -> ScaledOperators.dequantise(ScaledOperators.quantiseRows(bf16(2, 3)))),
                sample(
                        "dequantise_as",
                        "bfloat16 [2, 3]",
                        () -> ScaledOperators.dequantise(ScaledOperators.quantiseRows(bf16(2, 3)), DType.BFLOAT16)),
                sample(
                        "unpack_blocks",
                        "bfloat16 [2, 16]",
                        () -> BlockOperators.unpack(
                                new BlockOperators.Packed(bytes(34), BlockType.Q8_0, List.of(2L, 16L)),
                                DType.BFLOAT16)),
                sample(
                        "scaled_linear",
                        "bfloat16 [2, 5]",
                        () -> ScaledOperators.linear(
                                bf16(2, 3), ScaledOperators.quantiseRows(bf16(5, 3)), bf16(5), List.of())),
                sample(
                        "scaled_query_key_value",
                        "bfloat16 [1, 2, 3, 2, 3]",
                        () -> ScaledOperators.queryKeyValue(
                                List.of(bf16(1, 2, 3)),
                                List.of(ScaledOperators.quantiseRows(bf16(1, 2, 3))),
                                Collections.nCopies(3, ScaledOperators.quantiseRows(bf16(6, 3))),
                                Collections.nCopies(3, bf16(6)),
                                2,
                                List.of(),
                                new long[3],
                                DType.BFLOAT16)),
                sample(
                        "scaled_query_key_value",
                        "bfloat16 [1, 2, 3, 2, 3]",
                        () -> ScaledOperators.queryKeyValue(
                                List.of(bf16(1, 2, 3)),
                                List.of(ScaledOperators.quantiseRows(bf16(1, 2, 3))),
                                List.of(ScaledOperators.quantiseRows(bf16(18, 3))),
                                List.of(),
                                2,
                                List.of(bf16(1, 3), bf16(6, 1)),
                                new long[] {2, 2, 2},
                                DType.BFLOAT16)),
                sample("lerp", "bfloat16 [2, 3]", () -> Operators.lerp(bf16(2, 3), bf16(2, 3), 0.5)),
                sample(
                        "guide_keeping_length",
                        "float32 [2, 3]",
                        () -> Operators.guideKeepingLength(
                                bf16(2, 3), bf16(2, 3).affine(1, 1), 4)),
                sample(
                        "guide_shrinking",
                        "float32 [2, 3]",
                        () -> Operators.guideShrinking(bf16(2, 3), bf16(2, 3).affine(1, 1), 4)),
                sample(
                        "shrink_to_length",
                        "float32 [2, 3, 4]",
                        () -> Operators.shrinkToLength(
                                bf16(2, 3, 4), bf16(2, 3, 4).affine(1, 1), 1)),
                sample("euler_step", "float32 [2, 3]", () -> Operators.eulerStep(bf16(2, 3), bf16(2, 3), -0.25)),
                sample("silu", "bfloat16 [2, 3]", () -> Operators.silu(bf16(2, 3))),
                sample("swiglu", "bfloat16 [2, 3]", () -> Operators.swiglu(bf16(2, 6))),
                sample("std", "float32 [2, 3]", () -> Operators.std(bf16(2, 3).exp(), 1e-4)),
                sample("gelu_tanh", "bfloat16 [2, 3]", () -> Operators.geluTanh(bf16(2, 3))),
                sample("gelu", "bfloat16 [2, 3]", () -> Operators.gelu(bf16(2, 3))),
                sample("relu", "bfloat16 [2, 3]", () -> Operators.relu(bf16(2, 3))),
                sample("sigmoid", "bfloat16 [2, 3]", () -> Operators.sigmoid(bf16(2, 3))),
                sample("quick_gelu", "bfloat16 [2, 3]", () -> Operators.quickGelu(bf16(2, 3))),
                sample("linear", "bfloat16 [2, 4]", () -> Operators.linear(bf16(2, 3), bf16(4, 3), bf16(4))),
                sample(
                        "linear_gelu",
                        "bfloat16 [2, 4]",
                        () -> Operators.linearGelu(bf16(2, 3), bf16(4, 3), bf16(4), List.of())),
                sample(
                        "linear_of_two",
                        "bfloat16 [1, 2, 4]",
                        () -> Operators.linearOfTwo(bf16(1, 2, 3), bf16(1, 2, 5), bf16(4, 8), bf16(4), List.of())),
                sample(
                        "gated_mlp",
                        "bfloat16 [2, 3]",
                        () -> Operators.gatedMlp(
                                bf16(2, 3),
                                List.of(bf16(4, 3), bf16(4, 3), bf16(3, 4)),
                                List.of(),
                                List.of(),
                                new long[3])),
                sample(
                        "gated_mlp",
                        "bfloat16 [2, 3]",
                        () -> Operators.gatedMlp(
                                bf16(2, 3),
                                List.of(bf16(4, 3), bf16(4, 3), bf16(3, 4)),
                                List.of(bf16(4), bf16(4), bf16(3)),
                                List.of(bf16(1, 3), bf16(4, 1), bf16(1, 4), bf16(3, 1)),
                                new long[] {0, 2, 4})),
                sample(
                        "linear",
                        "bfloat16 [2, 4]",
                        () -> Operators.linear(bf16(2, 3), bf16(4, 3), bf16(4), List.of(bf16(1, 3), bf16(4, 1)))),
                sample("modulation", "3 × bfloat16 [2, 1, 4]", () -> Operators.modulation(bf16(5, 2, 12), 4, 3)),
                sample(
                        "low_rank",
                        "2 × bfloat16 [2, 2] and bfloat16 [2, 4]",
                        () -> Operators.lowRank(
                                bf16(2, 3), bf16(2, 2), 2, true, new long[] {2}, 4, Device.CPU, DType.BFLOAT16)),
                sample(
                        "rows_of",
                        "2 × bfloat16 [2]",
                        () -> Operators.rowsOf(bf16(4), 2, true, new long[] {2, 2}, Device.CPU, DType.BFLOAT16)),
                sample(
                        "dora_gain",
                        "float32 [4]",
                        () -> Operators.doraGain(bf16(4, 3), bf16(2, 3), bf16(4, 2), 0.5, bf16(4))),
                sample(
                        "linear",
                        "bfloat16 [2, 4]",
                        () -> Operators.linear(
                                bf16(2, 3), bf16(4, 3), bf16(4), List.of(bf16(1, 3), bf16(4, 1), bf16(4), bf16(4)))),
                sample("all_finite", "true", () -> Operators.allFinite(List.of(bf16(2), bf16(3)))),
                sample(
                        "embedding",
                        "bfloat16 [1, 2, 3]",
                        () -> Operators.embedding(bf16(5, 3), Tensor.of(new long[] {4, 0}, 1, 2))),
                sample("layer_norm", "bfloat16 [2, 4]", () -> Operators.layerNorm(bf16(2, 4), bf16(4), bf16(4), EPS)),
                sample("rms_norm", "bfloat16 [2, 4]", () -> Operators.rmsNorm(bf16(2, 4), bf16(4), EPS)),
                sample(
                        "scaled_rms_norm",
                        "bfloat16 [2, 3, 4]",
                        () -> Operators.scaledRmsNorm(bf16(2, 3, 4), bf16(4), bf16(1, 1, 4), EPS)),
                sample(
                        "scaled_rms_norm",
                        "bfloat16 [2, 3, 4]",
                        () -> Operators.scaledRmsNorm(bf16(2, 3, 4), bf16(4), bf16(2, 1, 4), EPS)),
                sample(
                        "gated_rms_add",
                        "bfloat16 [2, 3, 4]",
                        () -> Operators.gatedRmsAdd(bf16(2, 3, 4), bf16(2, 3, 4), bf16(4), bf16(1, 1, 4), EPS)),
                sample(
                        "gated_rms_add",
                        "bfloat16 [2, 3, 4]",
                        () -> Operators.gatedRmsAdd(bf16(2, 3, 4), bf16(2, 3, 4), bf16(4), bf16(2, 1, 4), EPS)),
                sample(
                        "gated_add_norm",
                        "2 × bfloat16 [2, 3, 4]",
                        () -> Operators.gatedAddNorm(
                                bf16(2, 3, 4), bf16(2, 1, 4), bf16(2, 3, 4), bf16(2, 1, 4), bf16(2, 1, 4), EPS)),
                sample(
                        "modulated_norm",
                        "bfloat16 [1, 3, 4]",
                        () -> Operators.modulatedNorm(bf16(1, 3, 4), bf16(1, 1, 4), bf16(1, 1, 4), EPS)),
                sample(
                        "modulated_norm",
                        "bfloat16 [2, 3, 4]",
                        () -> Operators.modulatedNorm(bf16(2, 3, 4), bf16(2, 1, 4), bf16(2, 1, 4), EPS)),
                sample(
                        "timestep_embedding",
                        "bfloat16 [2, 6]",
                        () -> Operators.timestepEmbedding(bf16(2), bf16(3), 1, DType.BFLOAT16)),
                sample("rope_table", "complex64 [3, 4]", OperatorsTest::table),
                sample("complex_parts", "float32 [3, 8]", () -> AttentionOperators.complexParts(table())),
                sample(
                        "query_key_value",
                        "bfloat16 [1, 3, 3, 2, 8]",
                        () -> AttentionOperators.queryKeyValue(
                                streams(), sixTimes(16, 16), sixTimes(16), 2, List.of(), new long[6])),
                sample(
                        "query_key_value",
                        "bfloat16 [1, 3, 3, 2, 8]",
                        () -> AttentionOperators.queryKeyValue(
                                streams(),
                                List.of(bf16(48, 16), bf16(48, 16)),
                                List.of(bf16(48), bf16(48)),
                                2,
                                List.of(bf16(1, 16), bf16(16, 1), bf16(16)),
                                new long[] {0, 0, 3, 3, 3, 3})),
                sample(
                        "query_key_value",
                        "bfloat16 [1, 3, 3, 2, 8]",
                        () -> AttentionOperators.queryKeyValue(
                                streams(), sixTimes(16, 16), List.of(), 2, List.of(), new long[6])),
                sample(
                        "query_key_value",
                        "bfloat16 [1, 3, 3, 2, 8]",
                        () -> AttentionOperators.queryKeyValue(
                                streams(),
                                List.of(bf16(48, 16), bf16(48, 16)),
                                List.of(),
                                2,
                                List.of(bf16(1, 16), bf16(16, 1), bf16(16), bf16(16)),
                                new long[] {0, 0, 4, 4, 4, 4})),
                sample("qk_norm_rope", "bfloat16 [1, 3, 3, 2, 8]", () -> {
                    Tensor joint = bf16(1, 3, 3, 2, 8);
                    AttentionOperators.qkNormRope(joint, bf16(8), bf16(8), table(), 1, 2, EPS);
                    return joint;
                }),
                sample(
                        "joint_attention",
                        "bfloat16 [1, 3, 16]",
                        () -> AttentionOperators.jointAttention(bf16(1, 3, 3, 2, 8), null)),
                sample(
                        "attention",
                        "bfloat16 [1, 3, 8]",
                        () -> AttentionOperators.attention(bf16(1, 3, 8), bf16(1, 3, 8), bf16(1, 3, 8), 2, true)),
                sample(
                        "biased_attention",
                        "bfloat16 [1, 3, 8]",
                        () -> AttentionOperators.biasedAttention(
                                bf16(1, 3, 8), bf16(1, 3, 8), bf16(1, 3, 8), 2, bf16(1, 2, 3, 3))),
                sample(
                        "relative_buckets",
                        "int64 [5, 5]",
                        () -> AttentionOperators.relativeBuckets(5, 32, 128, Device.CPU)),
                sample("half_rope_table", "2 × float32 [3, 1, 4]", () -> halfRope(1, 3)),
                sample(
                        "half_rope",
                        "bfloat16 [3, 2, 8]",
                        () -> AttentionOperators.halfRope(
                                bf16(3, 2, 8),
                                halfRope(1, 3).getFirst(),
                                halfRope(1, 3).getLast())),
                sample("window_attention", "bfloat16 [6, 16]", () -> windowAttention(windows(0, 1, 2, 3, 4, 5))),
                sample(
                        "window_attention",
                        "bfloat16 [6, 16]",
                        () -> windowAttention(windows(0, 1, 4, 5), windows(2), windows(3))),
                sample("causal_attention", "bfloat16 [2, 3, 16]", () -> causalAttention(null)),
                sample(
                        "causal_attention",
                        "bfloat16 [2, 3, 16]",
                        () -> causalAttention(Tensor.of(new long[] {1, 1, 1, 1, 1, 0}, 2, 3))),
                sample(
                        "conv2d",
                        "bfloat16 [1, 3, 2, 2]",
                        () -> PictureOperators.conv2d(bf16(1, 2, 4, 4), bf16(3, 2, 3, 3), bf16(3), 2, 1)),
                sample(
                        "conv_transpose2d",
                        "bfloat16 [1, 3, 6, 8]",
                        () -> PictureOperators.convTranspose2d(bf16(1, 2, 3, 4), bf16(2, 3, 2, 2), bf16(3), 2)),
                sample("bilinear", "bfloat16 [1, 2, 5, 3]", () -> PictureOperators.bilinear(bf16(1, 2, 3, 4), 5, 3)),
                sample("bicubic", "bfloat16 [1, 2, 5, 3]", () -> PictureOperators.bicubic(bf16(1, 2, 3, 4), 5, 3)),
                sample(
                        "causal_conv3d",
                        "bfloat16 [1, 3, 2, 4, 4]",
                        () -> PictureOperators.causalConv3d(bf16(1, 2, 2, 4, 4), bf16(3, 2, 3, 3, 3), bf16(3))),
                sample(
                        "group_norm",
                        "bfloat16 [1, 4, 2, 2]",
                        () -> PictureOperators.groupNorm(bf16(1, 4, 2, 2), 2, bf16(4), bf16(4), EPS)),
                sample(
                        "group_norm_by_sums",
                        "bfloat16 [1, 4, 2, 2]",
                        () -> PictureOperators.GROUP_NORM_BY_SUMS.tensor(bf16(1, 4, 2, 2), 2, bf16(4), bf16(4), EPS)),
                sample(
                        "norm_silu_conv",
                        "bfloat16 [1, 3, 5, 4]",
                        () -> PictureOperators.normSiluConv(
                                bf16(1, 4, 5, 4), 2, bf16(4), bf16(4), EPS, bf16(3, 4, 3, 3), bf16(3), 2)),
                sample(
                        "channel_norm",
                        "bfloat16 [1, 4, 5, 4]",
                        () -> PictureOperators.channelNorm(bf16(1, 4, 5, 4), bf16(4, 1, 1))),
                sample(
                        "channel_norm_silu_conv",
                        "bfloat16 [1, 3, 5, 4]",
                        () -> PictureOperators.channelNormSiluConv(
                                bf16(1, 4, 5, 4), bf16(4, 1, 1, 1), bf16(3, 4, 3, 3), bf16(3), 2)),
                sample(
                        "upsample_conv",
                        "bfloat16 [1, 3, 10, 8]",
                        () -> PictureOperators.upsampleConv(bf16(1, 4, 5, 4), bf16(3, 4, 3, 3), bf16(3), 2)),
                sample(
                        "picture_layout",
                        "bfloat16 [1, 2, 3, 4]",
                        () -> PictureOperators.pictureLayout(bf16(1, 2, 3, 4))),
                sample(
                        "pad_right_bottom",
                        "bfloat16 [1, 2, 4, 5]",
                        () -> PictureOperators.padRightBottom(bf16(1, 2, 3, 4))),
                sample(
                        "from_rgb",
                        "bfloat16 [1, 3, 2, 4]",
                        () -> PictureOperators.fromRgb(bytes(24).reshape(2, 4, 3), Device.CPU, DType.BFLOAT16)),
                sample("levels_soon", "uint8 [2, 4, 3]", () -> PictureOperators.levelsSoon(wave(2, 4, 3))),
                sample(
                        "least_squares",
                        "float32 [2, 3]",
                        () -> PictureOperators.leastSquares(wave(5, 2), wave(5, 3), 0.1)),
                sample("to_rgb", "uint8 [2, 4, 3]", () -> PictureOperators.toRgb(bf16(1, 3, 2, 4))),
                sample(
                        "vision_patches",
                        "float32 [4, 24]",
                        () -> PictureOperators.visionPatches(
                                bytes(45).reshape(3, 5, 3), 4, 4, 2, 1, 2, floats(1, 2, 3), floats(1, 2, 3))),
                sample(
                        "warp_plane",
                        "uint8 [3, 5, 3]",
                        () -> PictureOperators.warpPlane(
                                bytes(45).reshape(3, 5, 3), new double[] {1, 0, 0.5, 0, 1, 0, 0, 0, 1}, true, 0, 2)),
                sample(
                        "warp_space",
                        "uint8 [3, 5, 3]",
                        () -> PictureOperators.warpSpace(
                                bytes(45).reshape(3, 5, 3),
                                floats(1).reshape(1, 1),
                                new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0.1},
                                new double[] {1, 1},
                                2,
                                2,
                                0,
                                2)));
    }

    @Test
    void everyOperatorOfTheLibraryIsBoundOnceAndEveryBoundOneExists() {
        assertThat(Operators.bind())
                .containsExactlyInAnyOrderElementsOf(
                        OperatorLibrary.signatures().keySet());
    }

    @Test
    void everyDefinitionInTheTextIsSeen() throws IOException {
        try (InputStream text = Objects.requireNonNull(Operators.class.getResourceAsStream("operators.py"))) {
            long definitions = new String(text.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("def ") && !line.startsWith("def _"))
                    .count();
            assertThat(OperatorLibrary.signatures()).hasSize((int) definitions);
        }
    }

    @Test
    void anUnknownOperatorNamesItself() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Operator.named("sharpen"))
                .withMessageContaining("sharpen");
    }

    @Test
    void theSamplesCoverEveryOperator() {
        Set<String> covered = samples().map(Tried::operator).collect(Collectors.toCollection(TreeSet::new));
        covered.addAll(NEEDS_CUDA);
        assertThat(covered)
                .containsExactlyInAnyOrderElementsOf(
                        OperatorLibrary.signatures().keySet());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aBfloat16TensorGoesThrough(Tried sample) {
        Object result = sample.call().get();
        assertThat(description(result)).isEqualTo(sample.gives());
        assertThat(tensors(result)).allMatch(OperatorsTest::isFinite);
    }

    @Test
    void pageLockedMemoryNeedsACard() {
        if (Device.cudaIsMissing().isEmpty()) {
            assertThat(TransferBuffer.allocate(Device.CUDA, 16).tensor().shape())
                    .containsExactly(16);
        } else {
            assertThatExceptionOfType(TensorException.class)
                    .isThrownBy(() -> TransferBuffer.allocate(Device.CUDA, 16))
                    .withMessageContaining("pinned");
        }
    }

    @Test
    void shapesThatDoNotFitAreNamedWithTheirOperator() {
        assertThatExceptionOfType(TensorException.class)
                .isThrownBy(() -> Operators.linear(bf16(2, 3), bf16(5, 4), null))
                .withMessageContainingAll("linear", "[2, 3]", "[5, 4]");
        assertThatExceptionOfType(TensorException.class)
                .isThrownBy(() -> bf16(2, 3).plus(bf16(4)))
                .withMessageContainingAll("add", "[2, 3]", "[4]");
        assertThatExceptionOfType(TensorException.class)
                .isThrownBy(() -> bf16(2, 3).reshape(4, 2))
                .withMessageContainingAll("reshape", "[2, 3]", "[4, 2]");
        assertThatExceptionOfType(TensorException.class)
                .isThrownBy(() -> Tensor.cat(0, bf16(2, 3), bf16(2, 4)))
                .withMessageContainingAll("cat", "[2, 3]", "[2, 4]");
        assertThatExceptionOfType(TensorException.class)
                .isThrownBy(() -> bf16(2, 3).narrow(1, 2, 2))
                .withMessageContainingAll("narrow", "[2, 3]");
        assertThatExceptionOfType(TensorException.class)
                .isThrownBy(() -> PictureOperators.conv2d(bf16(1, 2, 4, 4), bf16(3, 5, 3, 3), bf16(3), 1, 1))
                .withMessageContainingAll("conv2d", "[1, 2, 4, 4]", "[3, 5, 3, 3]");
    }

    @Test
    void aFailedCallLeavesNothingBehind() {
        Tensor x = bf16(2, 3);
        assertThat(x.shape()).containsExactly(2, 3);
        long live = Scope.liveTensors();
        int arrays = nativeTensors();
        assertThatExceptionOfType(TensorException.class).isThrownBy(() -> x.reshape(5));
        assertThat(Scope.liveTensors()).isEqualTo(live);
        assertThat(nativeTensors()).isEqualTo(arrays);
    }

    @Test
    void withoutAScopeNoTensorIsMadeAndNothingLeaks() {
        Tensor x = bf16(2, 3);
        assertThat(x.shape()).containsExactly(2, 3);
        long live = Scope.liveTensors();
        int arrays = nativeTensors();
        scope.detach();
        try {
            assertThatIllegalStateException().isThrownBy(() -> x.reshape(6));
            assertThatIllegalStateException().isThrownBy(() -> x.chunk(2, 0));
            assertThatIllegalStateException().isThrownBy(() -> Tensor.of(new float[] {1}, 1));
            assertThatIllegalStateException().isThrownBy(() -> Operators.randn(1, DType.FLOAT32, new long[] {4}));
            assertThat(nativeTensors()).isEqualTo(arrays);
            assertThat(Scope.liveTensors()).isEqualTo(live);
        } finally {
            scope.close();
            scope = Scope.open("test");
        }
    }

    @Test
    void resultsThatNoScopeTakesAreFreed() throws IOException {
        long[][] shapes = {{1 << 20}, {1 << 20}, {1 << 20}};
        Operators.randn(1, DType.FLOAT32, shapes);
        scope.close();
        try {
            long bytes = ProcessMemory.anonymousBytes();
            for (int i = 0; i < 32; i++) {
                assertThatIllegalStateException().isThrownBy(() -> Operators.randn(1, DType.FLOAT32, shapes));
                assertThatIllegalStateException().isThrownBy(() -> Operators.zeros(DType.FLOAT32, Device.CPU, 1 << 20));
            }
            assertThat(ProcessMemory.anonymousBytes() - bytes).isLessThan(64L << 20);
        } finally {
            scope = Scope.open("test");
        }
    }

    @Test
    void bytesAreReadAsAnyType() {
        ByteBuffer buffer = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putShort((short) 0x3F80).putShort((short) 0xC000).putShort((short) 0x3E80); // 1, -2, 0.25
        buffer.putShort((short) 0)
                .putFloat(0.1f)
                .putFloat(-3e20f)
                .putLong(Long.MIN_VALUE + 1)
                .putLong(7);
        Tensor bytes = Tensor.of(buffer.array(), 32);
        assertThat(view(bytes, DType.BFLOAT16, 0, 3).toFloats()).containsExactly(1, -2, 0.25f);
        assertThat(view(bytes, DType.BFLOAT16, 1, 2).toFloats()).containsExactly(-2, 0.25f);
        assertThat(view(bytes, DType.FLOAT32, 2, 1, 2).toFloats()).containsExactly(0.1f, -3e20f);
        assertThat(view(bytes, DType.INT64, 2, 2, 1).toLongs()).containsExactly(Long.MIN_VALUE + 1, 7);
        assertThat(view(bytes, DType.FLOAT32, 3).shape()).isEmpty();
        assertThat(view(bytes, DType.FLOAT32, 3).toFloats()).containsExactly(-3e20f);
        assertThat(view(bytes, DType.FLOAT32, 8, 0).toFloats()).isEmpty();
    }

    @Test
    void whatIsCopiedThroughAWindowArrivesWhole() {
        byte[] sent = levels(23);
        for (int window : new int[] {1, 4, 7, 23}) {
            Tensor target = Operators.EMPTY_BYTES.tensor(23, Device.CPU);
            for (int start = 0; start < 23; start += window) {
                int length = Math.min(window, 23 - start);
                Tensor buffer = Tensor.of(Arrays.copyOfRange(sent, start, start + window), window);
                assertThat(Operators.COPY_WINDOW.integer(buffer, target, start, length))
                        .isEqualTo(sent[start + length - 1]);
            }
            assertThat(target.toBytes()).isEqualTo(sent);
        }
    }

    @Test
    void shapesChangeAsInRowMajorOrder() {
        Tensor x = floats(1, 2, 3, 4, 5, 6).reshape(2, 3);
        assertThat(x.toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(x.permute(1, 0).toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(x.narrow(1, 1, 2).toFloats()).containsExactly(2, 3, 5, 6);
        assertThat(Tensor.cat(1, x, x.narrow(1, 0, 1)).toFloats()).containsExactly(1, 2, 3, 1, 4, 5, 6, 4);
        assertThat(x.chunk(3, 1).get(1).toFloats()).containsExactly(2, 5);
        assertThat(PictureOperators.padRightBottom(x.reshape(1, 1, 2, 3)).toFloats())
                .containsExactly(1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0);
        assertThat(x.size(-1)).isEqualTo(3);
        assertThat(x.size(0)).isEqualTo(2);
    }

    @Test
    void bytesOfAViewAreThoseOfTheView() {
        Tensor x = Tensor.of(new byte[] {1, 2, 3, 4, 5, 6}, 2, 3);
        assertThat(x.permute(1, 0).toBytes()).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(x.narrow(0, 1, 1).toBytes()).containsExactly(4, 5, 6);
    }

    @Test
    void arithmeticIsThatOfTheFormulas() {
        Tensor x = floats(-2, -0.5f, 0, 1, 3);
        assertThat(x.plus(floats(1)).toFloats()).containsExactly(-1, 0.5f, 1, 2, 4);
        assertThat(x.times(x).toFloats()).containsExactly(4, 0.25f, 0, 1, 9);
        assertThat(x.affine(2, 1).toFloats()).containsExactly(-3, 0, 1, 3, 7);
        assertThat(x.clamp(-1, 1).toFloats()).containsExactly(-1, -0.5f, 0, 1, 1);
        float infinite = Float.POSITIVE_INFINITY;
        assertThat(Tensor.of(new float[] {infinite, -infinite, Float.NaN, 1e38f}, 4)
                        .clamp(-1, 1)
                        .toFloats())
                .containsExactly(Float.NaN, Float.NaN, Float.NaN, 1);
        assertNear(x.exp(), each(x, Math::exp));
        assertNear(Operators.silu(x), each(x, v -> v / (1 + Math.exp(-v))));
        assertNear(Operators.quickGelu(x), each(x, v -> v / (1 + Math.exp(-1.702 * v))));
        assertNear(
                Operators.geluTanh(x),
                each(x, v -> v / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)))));
    }

    @Test
    void aLerpGoesFromStartToEnd() {
        Tensor start = floats(1, 10);
        Tensor end = floats(3, -10);
        assertThat(Operators.lerp(start, end, 0).toFloats()).containsExactly(1, 10);
        assertThat(Operators.lerp(start, end, 0.25).toFloats()).containsExactly(1.5f, 5);
        assertThat(Operators.lerp(start, end, 1).toFloats()).containsExactly(3, -10);
    }

    @Test
    void anEulerStepIsComputedInFloat32() {
        Tensor sample = floats(1, -1).to(DType.BFLOAT16);
        Tensor prediction = floats(0.5f, 3).to(DType.BFLOAT16);
        // 1/1024 is lost beside 1 in bfloat16.
        assertThat(Operators.eulerStep(sample, prediction, -1.0 / 512).toFloats())
                .containsExactly(1 - 1f / 1024, -1 - 3f / 512);
    }

    @Test
    void aLinearLayerMultipliesByItsTransposedWeight() {
        Tensor x = floats(1, 2, 3);
        Tensor weight = floats(1, 0, 0, 0, 10, 100).reshape(2, 3);
        assertThat(Operators.linear(x, weight, null).toFloats()).containsExactly(1, 320);
        assertThat(Operators.linear(x, weight, floats(5, -320)).toFloats()).containsExactly(6, 0);
    }

    @Test
    void anEmbeddingPicksRows() {
        Tensor weight = floats(1, 2, 3, 4, 5, 6).reshape(3, 2);
        assertThat(Operators.embedding(weight, Tensor.of(new long[] {2, 0}, 2)).toFloats())
                .containsExactly(5, 6, 1, 2);
        assertThatExceptionOfType(TensorException.class)
                .isThrownBy(() -> Operators.embedding(weight, Tensor.of(new long[] {3}, 1)))
                .withMessageContaining("embedding");
    }

    @Test
    void normsHaveTheirStatistics() {
        Tensor x = floats(1, 3, 5, 7); // mean 4, variance 5, mean square 21
        Tensor weight = floats(1, 2, 1, 1);
        Tensor bias = floats(0, 0, 10, 0);
        double deviation = Math.sqrt(5);
        double root = Math.sqrt(21);
        assertNear(
                Operators.layerNorm(x, weight, bias, 0),
                -3 / deviation,
                -2 / deviation,
                10 + 1 / deviation,
                3 / deviation);
        assertNear(Operators.rmsNorm(x, weight, 0), 1 / root, 6 / root, 5 / root, 7 / root);
        assertNear(PictureOperators.groupNorm(x.reshape(1, 4, 1, 1), 2, weight, bias, 0), -1, 2, 9, 1);
    }

    @Test
    void aModulatedNormIsTheSameForOnePictureAsInABatch() {
        Tensor x = wave(2, 3, 4);
        Tensor shift = wave(2, 1, 4).affine(1, 0.5);
        Tensor scale = wave(2, 1, 4).affine(0.5, 0);
        float[] batch = Operators.modulatedNorm(x, shift, scale, EPS).toFloats();
        for (int i = 0; i < 2; i++) {
            float[] single = Operators.modulatedNorm(
                            x.narrow(0, i, 1), shift.narrow(0, i, 1), scale.narrow(0, i, 1), EPS)
                    .toFloats();
            assertThat(single).containsExactly(Arrays.copyOfRange(batch, i * 12, i * 12 + 12), within(1e-5f));
        }
    }

    @Test
    void aTimestepEmbeddingIsCosinesThenSines() {
        float[] values = {0, 1.5f};
        float[] frequencies = {1, 0.5f, 0.01f};
        double[] expected = new double[12];
        for (int b = 0; b < 2; b++) {
            for (int n = 0; n < 3; n++) {
                expected[b * 6 + n] = Math.cos(values[b] * frequencies[n]);
                expected[b * 6 + 3 + n] = Math.sin(values[b] * frequencies[n]);
            }
        }
        assertNear(Operators.timestepEmbedding(floats(values), floats(frequencies), 1, DType.FLOAT32), expected);
    }

    @Test
    void aRopeTableTurnsEachAxisByItsOwnPosition() {
        Tensor ids = floats(0, 0, 1, 2).reshape(2, 2);
        double slow = 2 * Math.pow(10_000, -0.5);
        assertNear(
                AttentionOperators.complexParts(
                        AttentionOperators.ropeTable(ids, new long[] {2, 4}, 10_000, DType.FLOAT64)),
                1,
                0,
                1,
                0,
                1,
                0, // first position: nothing turns
                Math.cos(1),
                Math.sin(1),
                Math.cos(2),
                Math.sin(2),
                Math.cos(slow),
                Math.sin(slow));
    }

    @Test
    void causalAttentionDoesNotLookAhead() {
        Tensor x = wave(1, 3, 8);
        float[] causal = AttentionOperators.attention(x, x, x, 2, true).toFloats();
        Tensor start = x.narrow(1, 0, 2);
        float[] shorter =
                AttentionOperators.attention(start, start, start, 2, true).toFloats();
        assertThat(Arrays.copyOf(causal, 8)).containsExactly(x.narrow(1, 0, 1).toFloats(), within(1e-6f));
        assertThat(Arrays.copyOf(causal, 16)).containsExactly(shorter, within(1e-6f));
    }

    @Test
    void biasedAttentionAddsItsBiasToUnscaledScores() {
        // One head of width 1: scores are q·k plus the bias.
        Tensor q = floats(1, 2).reshape(1, 2, 1);
        Tensor k = floats(0.5f, -1).reshape(1, 2, 1);
        Tensor v = floats(10, 20).reshape(1, 2, 1);
        Tensor bias = floats(0, 1, 0.25f, -0.5f).reshape(1, 1, 2, 2);
        double first = 10 + 10 / (1 + Math.exp(0.5 - 0));
        double second = 10 + 10 / (1 + Math.exp(1.25 - -2.5));
        assertNear(AttentionOperators.biasedAttention(q, k, v, 1, bias), first, second);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 17, 300})
    void relativeBucketsAreThoseOfT5(int length) {
        long[] expected = new long[length * length];
        for (int query = 0; query < length; query++) {
            for (int key = 0; key < length; key++) {
                expected[query * length + key] = bucket(key - query, 32, 128);
            }
        }
        assertThat(AttentionOperators.relativeBuckets(length, 32, 128, Device.CPU)
                        .toLongs())
                .isEqualTo(expected);
    }

    /** transformers' {@code T5Attention._relative_position_bucket}, bidirectional. */
    private static long bucket(int distance, int buckets, int maxDistance) {
        int half = buckets / 2;
        int exact = half / 2;
        int near = Math.abs(distance);
        long bucket = near;
        if (near >= exact) {
            float share = (float) Math.log((float) near / exact) / (float) Math.log((double) maxDistance / exact);
            bucket = Math.min(exact + (long) (share * (half - exact)), half - 1);
        }
        return (distance > 0 ? half : 0) + bucket;
    }

    @Test
    void aConvolutionWithOneInItsMiddleChangesNothing() {
        Tensor x = wave(1, 1, 3, 4);
        Tensor middle = floats(0, 0, 0, 0, 1, 0, 0, 0, 0).reshape(1, 1, 3, 3);
        assertThat(PictureOperators.conv2d(x, middle, floats(0), 1, 1).toFloats())
                .isEqualTo(x.toFloats());
        assertThat(PictureOperators.conv2d(x, middle, floats(1), 2, 1).shape()).containsExactly(1, 1, 2, 2);
    }

    @Test
    void aPictureComesBackAsItWent() {
        byte[] levels = levels(768);
        Tensor image = PictureOperators.fromRgb(Tensor.of(levels, 16, 16, 3), Device.CPU, DType.FLOAT32);
        assertThat(image.shape()).containsExactly(1, 3, 16, 16);
        assertThat(image.toFloats()).startsWith(0, 3 / 255f, 6 / 255f);
        assertThat(PictureOperators.toRgb(image).toBytes()).isEqualTo(levels);
    }

    @Test
    void coloursOutsideTheRangeAreCutOff() {
        Tensor image = floats(-3, 0.5f / 255, 7).reshape(1, 3, 1, 1);
        assertThat(PictureOperators.toRgb(image).toBytes()).containsExactly(0, 0, 255);
    }

    @Test
    void waitingSaysWhetherTheFirstNumberIsFinite() {
        assertThat(floats(1, 2).await()).isTrue();
        assertThat(floats(Float.NaN, 2).await()).isFalse();
        assertThat(floats(Float.POSITIVE_INFINITY, 2).to(DType.BFLOAT16).await())
                .isFalse();
    }

    private static Tensor floats(float... values) {
        return Tensor.of(values, values.length);
    }

    /** Small numbers of both signs, all exact in bfloat16. */
    private static Tensor wave(long... shape) {
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 7 % 17 - 8) / 8f;
        }
        return Tensor.of(values, shape);
    }

    private static Tensor bf16(long... shape) {
        return wave(shape).to(DType.BFLOAT16);
    }

    private static Tensor bytes(int count) {
        return Tensor.of(new byte[count], count);
    }

    private static byte[] levels(int count) {
        byte[] values = new byte[count];
        for (int i = 0; i < count; i++) {
            values[i] = (byte) i;
        }
        return values;
    }

    private static List<Tensor> streams() {
        return List.of(bf16(1, 1, 16), bf16(1, 2, 16));
    }

    private static List<Tensor> sixTimes(long... shape) {
        return Stream.generate(() -> bf16(shape)).limit(6).toList();
    }

    private static Tensor table() {
        return AttentionOperators.ropeTable(bf16(3, 2), new long[] {2, 6}, 10_000, DType.FLOAT64);
    }

    /** Angles of heads of width 8. */
    private static List<Tensor> halfRope(long... shape) {
        Tensor positions = Operators.zeros(DType.INT64, Device.CPU, shape);
        return AttentionOperators.halfRopeTable(positions, Tensor.of(new long[4], 4), 8, 10_000);
    }

    private static Tensor windows(long... rows) {
        return Tensor.of(rows, rows.length).reshape(-1, Math.min(2, rows.length));
    }

    private static Tensor windowAttention(Tensor... windows) {
        return AttentionOperators.windowAttention(bf16(6, 48), halfRope(1, 6), List.of(windows), 2);
    }

    private static Tensor causalAttention(@Nullable Tensor mask) {
        return AttentionOperators.causalAttention(
                bf16(2, 3, 16), bf16(2, 3, 8), bf16(2, 3, 8), halfRope(1, 2, 3), 2, 1, mask);
    }

    private static Tensor view(Tensor bytes, DType dtype, long offset, long... shape) {
        return Operators.VIEW_BYTES.tensor(bytes, dtype, offset, shape);
    }

    private static double[] each(Tensor x, DoubleUnaryOperator formula) {
        float[] values = x.toFloats();
        return IntStream.range(0, values.length)
                .mapToDouble(i -> formula.applyAsDouble(values[i]))
                .toArray();
    }

    private static void assertNear(Tensor actual, double... expected) {
        float[] floats = new float[expected.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) expected[i];
        }
        assertThat(actual.toFloats()).containsExactly(floats, within(1e-5f));
    }

    private static int nativeTensors() {
        return OperatorLibrary.MANAGER.getManagedArrays().size();
    }

    static String description(Object result) {
        List<Tensor> tensors = tensors(result);
        if (tensors.isEmpty()) {
            return result.toString();
        }
        Set<String> kinds = new TreeSet<>();
        tensors.forEach(tensor ->
                kinds.add(tensor.dtype().name().toLowerCase(Locale.ROOT) + " " + Arrays.toString(tensor.shape())));
        return (result instanceof List<?> ? tensors.size() + " × " : "") + String.join(" and ", kinds);
    }

    private static List<Tensor> tensors(Object result) {
        List<Tensor> tensors = new ArrayList<>();
        (result instanceof List<?> list ? list : List.of(result)).forEach(item -> {
            if (item instanceof Tensor tensor) {
                tensors.add(tensor);
            }
        });
        return tensors;
    }

    private static boolean isFinite(Tensor tensor) {
        Tensor real = tensor.dtype() == DType.COMPLEX64 ? AttentionOperators.complexParts(tensor) : tensor;
        for (float value : real.toFloats()) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
