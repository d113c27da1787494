package dev.darkroom.tensor;

/** The operators of pictures: convolutions and norms over places, and pixels as tensors. */
public final class PictureOperators {
    private static final Operator PICTURE_LAYOUT = Operator.named("picture_layout");
    private static final Operator CONV2D = Operator.named("conv2d");
    private static final Operator CONV_TRANSPOSE2D = Operator.named("conv_transpose2d");
    private static final Operator CAUSAL_CONV3D = Operator.named("causal_conv3d");
    private static final Operator GROUP_NORM = Operator.named("group_norm");

    /** What {@link #groupNorm} is on a card, where numbers are rounded to half their bits. */
    static final Operator GROUP_NORM_BY_SUMS = Operator.named("group_norm_by_sums");

    private static final Operator NORM_SILU_CONV = Operator.named("norm_silu_conv");
    private static final Operator CHANNEL_NORM = Operator.named("channel_norm");
    private static final Operator CHANNEL_NORM_SILU_CONV = Operator.named("channel_norm_silu_conv");
    private static final Operator UPSAMPLE_CONV = Operator.named("upsample_conv");
    private static final Operator BILINEAR = Operator.named("bilinear");
    private static final Operator BICUBIC = Operator.named("bicubic");
    private static final Operator PAD_RIGHT_BOTTOM = Operator.named("pad_right_bottom");
    private static final Operator FROM_RGB = Operator.named("from_rgb");
    private static final Operator TO_RGB = Operator.named("to_rgb");
    private static final Operator LEVELS_SOON = Operator.named("levels_soon");
    private static final Operator LEAST_SQUARES = Operator.named("least_squares");
    private static final Operator VISION_PATCHES = Operator.named("vision_patches");
    private static final Operator WARP_PLANE = Operator.named("warp_plane");
    private static final Operator WARP_SPACE = Operator.named("warp_space");

    private PictureOperators() {}

    /**
     * Lays {@code [B, C, h, w]} out in memory as its device computes pictures fastest, which the operators after it keep: on a CPU the
     * channels of a place beside each other. The numbers and their indexes stay.
     */
    public static Tensor pictureLayout(Tensor x) {
        return PICTURE_LAYOUT.tensor(x);
    }

    /** 2-D convolution: {@code x [B, in, h, w], weight [out, in, kh, kw] → [B, out, h', w']}. */
    public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias, int stride, int padding) {
        return CONV2D.tensor(x, weight, bias, stride, padding);
    }

    /** Transposed 2-D convolution without padding: {@code x [B, in, h, w], weight [in, out, k, k] → [B, out, (h − 1) · stride + k, ..]}. */
    public static Tensor convTranspose2d(Tensor x, Tensor weight, Tensor bias, int stride) {
        return CONV_TRANSPOSE2D.tensor(x, weight, bias, stride);
    }

    /**
     * Causal 3-D convolution, {@code x [B, in, frames, h, w], weight [out, in, kt, k, k] → [B, out, frames, h, w]}: each frame sees itself
     * and earlier ones. Only tests and benchmarks use it, to compare the 2-D convolutions of single frames with.
     */
    public static Tensor causalConv3d(Tensor x, Tensor weight, Tensor bias) {
        return CAUSAL_CONV3D.tensor(x, weight, bias);
    }

    /** Group norm of {@code x [B, C, h, w]}; weight and bias {@code [C]}. */
    public static Tensor groupNorm(Tensor x, int groups, Tensor weight, Tensor bias, double eps) {
        return GROUP_NORM.tensor(x, groups, weight, bias, eps);
    }

    /** Group norm, SiLU and a 3×3 convolution of {@code x [B, C, h, w]}, in bands of {@code rows} rows if {@code rows > 0}. */
    public static Tensor normSiluConv(
            Tensor x,
            int groups,
            Tensor normWeight,
            Tensor normBias,
            double eps,
            Tensor weight,
            Tensor bias,
            long rows) {
        return NORM_SILU_CONV.tensor(x, groups, normWeight, normBias, eps, weight, bias, rows);
    }

    /** RMS norm of {@code x [B, C, h, w]} over its channels, at each place: {@code x / ‖x‖ · √C · gamma}, gamma {@code [C]}. */
    public static Tensor channelNorm(Tensor x, Tensor gamma) {
        return CHANNEL_NORM.tensor(x, gamma);
    }

    /** Channel norm, SiLU and a 3×3 convolution of {@code x [B, C, h, w]}, in bands of {@code rows} rows if {@code rows > 0}. */
    public static Tensor channelNormSiluConv(Tensor x, Tensor gamma, Tensor weight, Tensor bias, long rows) {
        return CHANNEL_NORM_SILU_CONV.tensor(x, gamma, weight, bias, rows);
    }

    /**
     * Upsamples x to twice its size (nearest neighbour), then a 3×3 convolution, in bands of {@code rows} input rows if {@code rows > 0}.
     */
    public static Tensor upsampleConv(Tensor x, Tensor weight, Tensor bias, long rows) {
        return UPSAMPLE_CONV.tensor(x, weight, bias, rows);
    }

    /** Resizes {@code [B, C, h, w]} linearly; the places in the corners stay there, and the others lie evenly between them. */
    public static Tensor bilinear(Tensor x, long height, long width) {
        return BILINEAR.tensor(x, height, width);
    }

    /**
     * Resizes {@code [B, C, h, w]} by cubic convolution (a = −0.75) of the 16 places around, without a wider filter where the result is
     * smaller; the picture's edges stay its edges. Not the filter of Pillow, whose a is −0.5.
     */
    public static Tensor bicubic(Tensor x, long height, long width) {
        return BICUBIC.tensor(x, height, width);
    }

    /** Pads with a column of zeros on the right and a row of zeros at the bottom: {@code [B, C, h, w] → [B, C, h + 1, w + 1]}. */
    public static Tensor padRightBottom(Tensor x) {
        return PAD_RIGHT_BOTTOM.tensor(x);
    }

    /** Converts levels to a picture tensor: uint8 {@code [h, w, C] → [1, C, h, w]} in 0…1. */
    public static Tensor fromRgb(Tensor bytes, Device device, DType dtype) {
        return FROM_RGB.tensor(bytes, device, dtype);
    }

    /** Converts a picture tensor to levels: {@code [1, 3, h, w]} in 0…1 → uint8 {@code [h, w, 3]} in host memory, rounded half to even. */
    public static Tensor toRgb(Tensor image) {
        return TO_RGB.tensor(image);
    }

    /**
     * Resizes a picture, uint8 {@code [h, w, 3]} in host memory (bicubic, antialiased, rounded to levels), and cuts it into patches:
     * float32 {@code [n, 3 · frames · patch²]}, the patches of a merge group beside each other.
     *
     * @param mean {@code [3]}, in levels, as is {@code std}
     */
    public static Tensor visionPatches(
            Tensor bytes, int height, int width, int patch, int merge, int frames, Tensor mean, Tensor std) {
        return VISION_PATCHES.tensor(bytes, height, width, patch, merge, frames, mean, std);
    }

    /** Converts numbers in 0…1 to levels: uint8 in host memory, which a card writes to once it has computed them and nobody waits for here. */
    public static Tensor levelsSoon(Tensor x) {
        return LEVELS_SOON.tensor(x);
    }

    /**
     * Finds the linear map that comes nearest to taking {@code x} to {@code y}, on the CPU in float64.
     *
     * @param x {@code [n, k]}
     * @param y {@code [n, m]}
     * @param ridge added to the mean squares of {@code x}, so that there is one solution
     * @return float32 {@code [k, m]}
     */
    public static Tensor leastSquares(Tensor x, Tensor y, double ridge) {
        return LEAST_SQUARES.tensor(x, y, ridge);
    }

    /**
     * Warps a picture, uint8 {@code [h, w, 3]}, by a homography: each pixel is the bilinear sample at {@code inverse · (x, y, 1)}.
     * Pixel centres are at whole numbers.
     *
     * @param inverse of the matrix that takes source to result; 9 numbers, row after row
     * @param wrap has the picture begin again beyond its edge, whose pixels else go on
     * @param places from pixel to pixel, each way, of which the nearest is sampled; 0 for the true place
     * @param rows that are computed at once
     */
    public static Tensor warpPlane(Tensor bytes, double[] inverse, boolean wrap, double places, long rows) {
        return WARP_PLANE.tensor(bytes, inverse, wrap, places, rows);
    }

    /**
     * Warps a picture, uint8 {@code [h, w, 3]}, as a camera that moves sees it: of the points {@code (x, y, z)}, x and y in −1…1, each
     * is projected after and before the motion, and the picture is sampled as far aside as they differ. Levels are cut off, not rounded.
     *
     * @param z float32 {@code [h, w]}, or {@code [1, 1]} for all pixels
     * @param camera 3×3 rotation, row after row, that rows are multiplied by, then the translation; 12 numbers
     * @param scale by which a projection multiplies {@code x / z} and {@code y / z}
     * @param interpolation libtorch's number: 0 bilinear, 1 nearest, 2 bicubic (a = −0.75)
     * @param border libtorch's number of what lies beyond the edge: 0 zeros, 1 its pixels, 2 the picture mirrored
     * @param lift added to the levels before they are sampled
     * @param rows that are computed at once
     */
    public static Tensor warpSpace(
            Tensor bytes,
            Tensor z,
            double[] camera,
            double[] scale,
            int interpolation,
            int border,
            double lift,
            long rows) {
        return WARP_SPACE.tensor(bytes, z, camera, scale, interpolation, border, lift, rows);
    }
}
