package dev.darkroom.bench;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.meta.Published;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.vae.ImageProcessor;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.RandomNumbers;
import dev.darkroom.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/** What an autoencoder gains in bfloat16, and what that does to its pictures: the embedded one, and one of FLUX.1's size with random weights. */
final class TypesBench {
    private TypesBench() {}

    static void run() throws Exception {
        Path pocket = Bench.POCKET.resolve("vae");
        compare("pocket autoencoder", pocket, 128, 20);
        compare("pocket autoencoder", pocket, 512, 4);
        Path folder = Bench.scratch();
        try {
            Path real = Published.FLUX_1_DEV.write(folder).resolve("vae");
            RandomNumbers.fill(real, 1);
            compare("autoencoder of FLUX.1's size", real, 256, 2);
        } finally {
            delete(folder);
        }
    }

    private static void compare(String what, Path folder, int side, int repetitions) {
        try (var scope = Scope.open("types");
                var exact = load(folder, DType.FLOAT32);
                var rounded = load(folder, DType.BFLOAT16)) {
            long channels = exact.network().latentChannels();
            Tensor latents = Operators.randn(3, DType.FLOAT32, new long[] {1, channels, side / 8, side / 8})
                    .getFirst();
            double[] least = {Double.MAX_VALUE, Double.MAX_VALUE};
            byte[] one = {};
            byte[] other = {};
            for (int i = -1; i < repetitions; i++) {
                long start = System.nanoTime();
                one = decode(exact, latents);
                long between = System.nanoTime();
                other = decode(rounded, latents);
                if (i >= 0) {
                    least[0] = Math.min(least[0], (between - start) / 1e6);
                    least[1] = Math.min(least[1], (System.nanoTime() - between) / 1e6);
                }
            }
            int most = 0;
            long sum = 0;
            for (int i = 0; i < one.length; i++) {
                int apart = Math.abs((one[i] & 0xFF) - (other[i] & 0xFF));
                most = Math.max(most, apart);
                sum += apart;
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s, decode %d×%d: float32 %.0f ms, bfloat16 %.0f ms (%.2f); at most %d levels of 255 apart, %.2f on average%n",
                    what,
                    side,
                    side,
                    least[0],
                    least[1],
                    least[1] / least[0],
                    most,
                    (double) sum / one.length);
        }
    }

    private static Loaded<AutoencoderKL> load(Path folder, DType type) {
        return Weights.load(
                folder,
                new Placement(Device.CPU, type),
                from -> AutoencoderKL.Config.read(Checkpoint.config(from)),
                AutoencoderKL::new);
    }

    private static byte[] decode(Loaded<AutoencoderKL> vae, Tensor latents) {
        try (var scope = Scope.open("decode")) {
            Tensor picture =
                    vae.network().decode(latents.to(vae.placement().dtype())).to(DType.FLOAT32);
            return PictureOperators.toRgb(ImageProcessor.denormalize(picture)).toBytes();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
