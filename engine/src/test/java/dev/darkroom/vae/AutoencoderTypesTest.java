package dev.darkroom.vae;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An autoencoder that computes in bfloat16 decodes what nobody tells from float32: within so many of 255 levels. */
class AutoencoderTypesTest {
    private static final int MOST = 8;
    private static final double MEAN = 1;

    static Stream<Path> checkpoints() {
        return Stream.of(TestCheckpoints.POCKET_FLUX, TestCheckpoints.POCKET_EDIT);
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void picturesStayWithinLevels(Path checkpoint) {
        byte[] exact = decoded(DType.FLOAT32, checkpoint);
        byte[] rounded = decoded(DType.BFLOAT16, checkpoint);

        int most = 0;
        long sum = 0;
        for (int i = 0; i < exact.length; i++) {
            int apart = Math.abs((exact[i] & 0xFF) - (rounded[i] & 0xFF));
            most = Math.max(most, apart);
            sum += apart;
        }
        assertThat(most).isPositive().isLessThanOrEqualTo(MOST);
        assertThat((double) sum / exact.length).isLessThan(MEAN);
    }

    private static byte[] decoded(DType type, Path checkpoint) {
        try (ImageModel model = LoadedModel.in(type, checkpoint);
                var scope = Scope.open("decode")) {
            Autoencoder vae = model.networks().stream()
                    .map(Resident::network)
                    .filter(Autoencoder.class::isInstance)
                    .map(Autoencoder.class::cast)
                    .findFirst()
                    .orElseThrow();
            Tensor latents = Operators.randn(3, DType.FLOAT32, new long[] {1, vae.latentChannels(), 16, 16})
                    .getFirst();
            Tensor picture = vae.decode(vae.unscale(latents).to(type)).to(DType.FLOAT32);
            return PictureOperators.toRgb(ImageProcessor.denormalize(picture)).toBytes();
        }
    }
}
