package dev.darkroom.animation.warp;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers of schedules that no motion can be made of are named with their limits. */
class MotionTest {
    private static PlaneMotion plane(double angle, double zoom, double x, double centre) {
        return new PlaneMotion(angle, zoom, x, 0, centre, 0.5, null);
    }

    private static SpaceMotion space(double z, double rotation, double fov, double aspect) {
        return new SpaceMotion(0, 0, z, rotation, 0, 0, fov, aspect, null);
    }

    private static Arguments fault(String message, ThrowingCallable call) {
        return Arguments.of(message, call);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("zoom: must be from 0.001 to 1000, not 0", () -> plane(0, 0, 0, 0.5)),
                fault("zoom: must be from 0.001 to 1000, not NaN", () -> plane(0, Double.NaN, 0, 0.5)),
                fault("angle: must be from -1000000 to 1000000, not Infinity", () -> plane(1 / 0.0, 1, 0, 0.5)),
                fault("translation_x: must be from -1000000 to 1000000, not NaN", () -> plane(0, 1, 0 / 0.0, 0.5)),
                fault("transform_center_x: must be from -100 to 100, not 1000", () -> plane(0, 1, 0, 1000)),
                fault("fov: must be from 0.1 to 179.9, not 0", () -> space(0, 0, 0, 1)),
                fault("fov: must be from 0.1 to 179.9, not 180", () -> space(0, 0, 180, 1)),
                fault("fov: must be from 0.1 to 179.9, not NaN", () -> space(0, 0, Double.NaN, 1)),
                fault("translation_z: must be from -1000000 to 1000000, not NaN", () -> space(Double.NaN, 0, 70, 1)),
                fault("rotation_3d_x: must be from -1000000 to 1000000, not NaN", () -> space(0, Double.NaN, 70, 1)),
                fault("aspect_ratio: must be from 0.01 to 100, not 0", () -> space(0, 0, 70, 0)),
                fault(
                        "perspective_flip_fv: must be from 0.1 to 179.9, not 200",
                        () -> new PerspectiveFlip(0, 0, 0, 200)));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void areRefused(String message, ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
    }
}
