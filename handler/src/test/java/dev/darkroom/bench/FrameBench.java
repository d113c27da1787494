package dev.darkroom.bench;

import dev.darkroom.qwenimage.QwenImageNetworks;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.AutoencoderKLQwenImage;
import dev.darkroom.vae.VideoAutoencoder;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import java.nio.file.Path;
import java.util.Locale;

/** The autoencoder of single pictures beside the one of videos that it is made from, on the same weights. */
final class FrameBench {
    private static final Placement CPU = new Placement(Device.CPU, DType.FLOAT32);
    private static final Path VAE = EditBench.POCKET.resolve("vae");

    private FrameBench() {}

    static void run() throws Exception {
        try (Loaded<AutoencoderKLQwenImage> picture = QwenImageNetworks.vae(VAE, CPU);
                Loaded<VideoAutoencoder> video = VideoAutoencoder.load(VAE, CPU)) {
            for (int side : new int[] {128, 512}) {
                compare(picture.network(), video.network(), side);
            }
        }
    }

    private static void compare(AutoencoderKLQwenImage picture, VideoAutoencoder video, int side) throws Exception {
        try (var scope = Scope.open("bench")) {
            Tensor image = Operators.randn(1, DType.FLOAT32, new long[] {1, 3, side, side})
                    .getFirst();
            Tensor latents = Operators.randn(2, DType.FLOAT32, new long[] {1, 16, side / 8, side / 8})
                    .getFirst();
            compare("encode", side, () -> picture.encode(image), () -> video.encode(image));
            compare("decode", side, () -> picture.decode(latents), () -> video.decode(latents));
        }
    }

    private static void compare(String what, int side, Runnable picture, Runnable video) throws Exception {
        int repetitions = side < 200 ? 30 : 7;
        String size = String.format(Locale.ROOT, ", %d×%d", side, side);
        Measured flat = measured("vae " + what + " in 2-D" + size, repetitions, picture);
        Measured deep = measured("vae " + what + " in 3-D" + size, repetitions, video);
        System.out.println(flat);
        System.out.println(deep);
        double ratio = flat.median() / deep.median();
        Bench.expect(
                "a third of the multiplications take well under the time", ratio, "of the 3-D form's", ratio < 0.7);
    }

    private static Measured measured(String what, int repetitions, Runnable work) throws Exception {
        return Measured.milliseconds(what, 3, repetitions, () -> {
            try (var inner = Scope.open("repetition")) {
                work.run();
            }
        });
    }
}
