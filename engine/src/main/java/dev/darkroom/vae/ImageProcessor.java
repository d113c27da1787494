package dev.darkroom.vae;

import dev.darkroom.image.PilResize;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;

/**
 * Converts pictures to the tensors that networks take, and back.
 *
 * <p>Source: huggingface/diffusers, {@code image_processor.py}, VaeImageProcessor.
 */
public final class ImageProcessor {
    private static final int THRESHOLD = 128; // level / 255 ≥ 0.5

    private ImageProcessor() {}

    /** Converts a picture, resized if it has another size, to float32 {@code [1, 3, h, w]} in −1…1. */
    public static Tensor preprocess(Picture picture, Size size, Device device) {
        Picture resized = PilResize.LANCZOS.apply(picture, size);
        try (var scope = Scope.open("preprocess")) {
            Tensor bytes = Tensor.of(resized.rgb(), size.height(), size.width(), 3);
            return scope.keep(
                    PictureOperators.fromRgb(bytes, device, DType.FLOAT32).affine(2, -1));
        }
    }

    /**
     * Converts a mask, resized if it has another size, to float32 {@code [1, 1, h, w]}: 1 where its grey level is in the upper half, else
     * 0.
     */
    public static Tensor preprocessMask(Picture mask, Size size, Device device) {
        Picture resized = PilResize.LANCZOS.apply(mask, size);
        float[] binary = new float[size.width() * size.height()];
        for (int i = 0; i < binary.length; i++) {
            binary[i] = grey(resized.rgb(), 3 * i) >= THRESHOLD ? 1 : 0;
        }
        try (var scope = Scope.open("preprocess mask")) {
            return scope.keep(
                    Tensor.of(binary, 1, 1, size.height(), size.width()).to(device));
        }
    }

    /** Maps {@code [1, 3, h, w]} from about −1…1 to 0…1, clamped. */
    public static Tensor denormalize(Tensor image) {
        return image.affine(0.5, 0.5).clamp(0, 1);
    }

    /** Converts a tensor {@code [1, 3, h, w]} in 0…1 to a picture; waits for the device. */
    public static Picture postprocess(Tensor image) {
        try (var scope = Scope.open("postprocess")) {
            return new Picture(
                    (int) image.size(3),
                    (int) image.size(2),
                    PictureOperators.toRgb(image).toBytes());
        }
    }

    /** Pillow's luma of an RGB pixel ({@code convert("L")}). */
    private static int grey(byte[] rgb, int at) {
        return ((rgb[at] & 0xFF) * 19595 + (rgb[at + 1] & 0xFF) * 38470 + (rgb[at + 2] & 0xFF) * 7471 + 0x8000) >> 16;
    }
}
