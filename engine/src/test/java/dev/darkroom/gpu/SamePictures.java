package dev.darkroom.gpu;

import dev.darkroom.engine.Families;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Fp8Products;
import dev.darkroom.weights.PlacementPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The picture that the embedded checkpoint draws on the CPU, beside what a device draws of the same job in the same type, of the same noise. */
public final class SamePictures {
    private static final int SIDE = 256;

    private SamePictures() {}

    /** What a picture is drawn in. */
    private record Kind(DType type, boolean fp8, double least) {
        @Override
        public String toString() {
            return type.toString().toLowerCase(Locale.ROOT) + (fp8 ? " with fp8 layers" : "");
        }
    }

    /** Prints a line a type, and fails if one of them is another picture: {@code [tiny]}, which compares the CPU with itself. */
    public static void main(String... arguments) throws IOException {
        Device device = List.of(arguments).contains("tiny") ? Device.CPU : Device.CUDA;
        Ready.make(device);
        Optional<String> noFp8 = device.isCuda() ? Fp8Products.areMissing(device) : Optional.empty();
        boolean same = true;
        for (Kind kind : List.of(
                new Kind(DType.FLOAT32, false, 50),
                new Kind(DType.BFLOAT16, false, 40),
                new Kind(DType.BFLOAT16, true, 25))) {
            if (kind.fp8 && noFp8.isPresent()) {
                System.out.println("no picture in " + kind + ": " + noFp8.get());
                continue;
            }
            double decibels = psnr(draw(Device.CPU, kind), draw(device, kind));
            System.out.printf(Locale.ROOT, "picture in %s: %.1f dB%n", kind, decibels);
            same &= decibels > kind.least;
        }
        System.exit(same ? 0 : 1);
    }

    private static byte[] draw(Device device, Kind kind) {
        Path checkpoint = TestCheckpoints.POCKET_FLUX;
        var policy = new PlacementPolicy(device, Optional.of(kind.type), OptionalLong.empty(), kind.fp8);
        try (Loras loras = Families.loras(0);
                ImageModel model = Families.open("same", checkpoint, Limits.STANDARD, loras)) {
            new Residency(policy).prepare(model.networks(), model.usualDemand(), Progress.NONE);
            var job = new Job.TextToImage(
                    TestJobs.PLAIN, TestJobs.of("a red circle", null, new Size(SIDE, SIDE), 4, null, null, 7));
            return model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE)
                    .picture()
                    .rgb();
        }
    }

    /** Decibels; 100 where no level differs. */
    private static double psnr(byte[] expected, byte[] found) {
        double squares = 0;
        for (int i = 0; i < expected.length; i++) {
            squares += Math.pow((expected[i] & 0xFF) - (found[i] & 0xFF), 2);
        }
        return squares == 0 ? 100 : 10 * Math.log10(255.0 * 255 * expected.length / squares);
    }
}
